/*
 * Copies the configuration from Lua into struct config.  [loader]
 *
 * A row for every option that C reads.  Lua has checked all of them and filled
 * in the defaults; what is missing here is a mistake in one of the two tables,
 * and is reported as such.
 */
#include "fill.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <lauxlib.h>

#include "log.h"
#include "worker.h"

enum field_kind {
	FIELD_SECONDS, /* as uint64_t, microseconds */
	FIELD_INT32,
	FIELD_INT64,
	FIELD_DOUBLE,
	FIELD_BOOL,
	FIELD_TEXT, /* false is "" */
	FIELD_CHOICE
};

struct field {
	const char *section, *key; /* section "": the outermost table */
	enum field_kind kind;
	size_t offset, size;
	const char *const *choices; /* in the order of the enum; NULL ends */
};

/* false is the first. */
static const char *const access_formats[] = {"off", "text", "json", NULL};
static const char *const health_kinds[] = {
    "none", "tcp", "http", "openlambda", NULL};
static const char *const log_levels[] = {
    "debug", "info", "warn", "error", NULL};

#define AT(member)                                                             \
	offsetof(struct config, member), sizeof(((struct config *)0)->member)
#define SECONDS(key)                                                           \
	{                                                                      \
		"timeouts", #key, FIELD_SECONDS, AT(timeouts_us.key), NULL     \
	}
#define LIMIT(key)                                                             \
	{                                                                      \
		"limits", #key, FIELD_INT32, AT(limits.key), NULL              \
	}

static const struct field fields[] = {
    {"", "processes", FIELD_INT32, AT(processes), NULL},
    {"", "warm_for", FIELD_DOUBLE, AT(warm_for), NULL},
    {"", "user", FIELD_TEXT, AT(user), NULL},
    {"", "user_line", FIELD_INT32, AT(user_line), NULL},
    {"", "sandbox", FIELD_BOOL, AT(sandbox), NULL},
    SECONDS(head),
    SECONDS(body),
    SECONDS(idle),
    SECONDS(connect),
    SECONDS(first_byte),
    SECONDS(between_bytes),
    SECONDS(total),
    SECONDS(queue),
    SECONDS(tunnel),
    SECONDS(drain),
    SECONDS(upstream_idle),
    LIMIT(connections),
    LIMIT(head_bytes),
    LIMIT(headers),
    LIMIT(uri_bytes),
    LIMIT(response_head_bytes),
    LIMIT(workers),
    LIMIT(idle_per_worker),
    {"limits", "body_bytes", FIELD_INT64, AT(limits.body_bytes), NULL},
    {"queue", "size", FIELD_INT32, AT(queue.size), NULL},
    {"queue", "per_function", FIELD_INT32, AT(queue.per_function), NULL},
    {"queue", "hold", FIELD_BOOL, AT(queue.hold), NULL},
    {"retry", "attempts", FIELD_INT32, AT(retry.attempts), NULL},
    {"retry", "budget", FIELD_DOUBLE, AT(retry.budget), NULL},
    {"retry", "pause_429", FIELD_SECONDS, AT(retry.pause_429_us), NULL},
    {"hedging", "percentile", FIELD_DOUBLE, AT(hedging.percentile), NULL},
    {"hedging", "min_delay", FIELD_SECONDS, AT(hedging.min_delay_us), NULL},
    {"policy_limits", "time_ms", FIELD_DOUBLE, AT(policy_limits.time_ms), NULL},
    {"policy_limits", "memory_bytes", FIELD_INT64,
	AT(policy_limits.memory_bytes), NULL},
    {"policy_limits", "failure_specs", FIELD_TEXT,
	AT(policy_limits.failure_specs), NULL},
    {"health", "kind", FIELD_CHOICE, AT(health.kind), health_kinds},
    {"health", "interval", FIELD_SECONDS, AT(health.interval_us), NULL},
    {"health", "timeout", FIELD_SECONDS, AT(health.timeout_us), NULL},
    {"health", "rise", FIELD_INT32, AT(health.rise), NULL},
    {"health", "fall", FIELD_INT32, AT(health.fall), NULL},
    {"health", "slow_start", FIELD_SECONDS, AT(health.slow_start_us), NULL},
    {"health", "path", FIELD_TEXT, AT(health.path), NULL},
    {"health", "status", FIELD_INT32, AT(health.status), NULL},
    {"ejection", "failures", FIELD_INT32, AT(ejection.failures), NULL},
    {"ejection", "time", FIELD_SECONDS, AT(ejection.time_us), NULL},
    {"ejection", "max_time", FIELD_SECONDS, AT(ejection.max_time_us), NULL},
    {"ejection", "share", FIELD_DOUBLE, AT(ejection.share), NULL},
    {"log", "level", FIELD_CHOICE, AT(log.level), log_levels},
    {"log", "access", FIELD_CHOICE, AT(log.access), access_formats},
    {"log", "file", FIELD_TEXT, AT(log.file), NULL},
    {"log", "access_file", FIELD_TEXT, AT(log.access_file), NULL},
    {"dns", "interval", FIELD_SECONDS, AT(dns.interval_us), NULL},
};

/* --- one value, on top of the stack --- */

static void
copy_text(lua_State *L, const char *key, char *text, size_t size)
{
	size_t len = 0;
	const char *given = "";

	if (lua_toboolean(L, -1))
		given = lua_tolstring(L, -1, &len);
	if (given == NULL || len >= size || strlen(given) != len)
		luaL_error(L, "%s is no text, or too long a one", key);
	memcpy(text, given, len + 1);
}

static double
to_number(lua_State *L, const char *key)
{
	if (lua_type(L, -1) != LUA_TNUMBER)
		luaL_error(L, "%s is missing", key);
	return lua_tonumber(L, -1);
}

static int32_t
to_choice(lua_State *L, const char *key, const char *const *choices)
{
	const char *given = lua_tostring(L, -1);

	if (given == NULL)
		return 0;
	for (int i = 0; choices[i] != NULL; i++)
		if (strcmp(given, choices[i]) == 0)
			return i;
	return luaL_error(L, "%s has the unknown value %s", key, given);
}

static void
fill_field(lua_State *L, const struct field *field, void *at)
{
	switch (field->kind) {
	case FIELD_SECONDS:
		*(uint64_t *)at = (uint64_t)(to_number(L, field->key) * 1e6);
		break;
	case FIELD_INT32:
		*(int32_t *)at = (int32_t)to_number(L, field->key);
		break;
	case FIELD_INT64:
		*(int64_t *)at = (int64_t)to_number(L, field->key);
		break;
	case FIELD_DOUBLE:
		*(double *)at = to_number(L, field->key);
		break;
	case FIELD_BOOL:
		*(bool *)at = lua_toboolean(L, -1);
		break;
	case FIELD_TEXT:
		copy_text(L, field->key, at, field->size);
		break;
	case FIELD_CHOICE:
		*(int32_t *)at = to_choice(L, field->key, field->choices);
		break;
	}
}

static void
fill_fields(lua_State *L, struct config *config)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct field *field = &fields[i];

		if (field->section[0] == '\0')
			lua_pushvalue(L, -1);
		else
			lua_getfield(L, -1, field->section);
		lua_getfield(L, -1, field->key);
		fill_field(L, field, (char *)config + field->offset);
		lua_pop(L, 2);
	}
}

/* --- what has a form of its own --- */

static void
fill_text(lua_State *L, const char *key, char *text, size_t size)
{
	lua_getfield(L, -1, key);
	copy_text(L, key, text, size);
	lua_pop(L, 1);
}

static void
fill_address(lua_State *L, const char *key, struct address *address)
{
	const char *text = lua_tostring(L, -1), *reason = "is no text";

	if (text == NULL || !address_parse(address, text, &reason))
		luaL_error(L, "%s: %s: %s", key, text, reason);
}

static void
fill_listen(lua_State *L, struct config *config)
{
	lua_getfield(L, -1, "listen");
	config->listen_count = (int32_t)lua_objlen(L, -1);
	if (config->listen_count > CONFIG_LISTEN_MAX)
		luaL_error(
		    L, "listen has more than %d entries", CONFIG_LISTEN_MAX);
	for (int i = 0; i < config->listen_count; i++) {
		lua_rawgeti(L, -1, i + 1);
		fill_address(L, "listen", &config->listen[i]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void
fill_admin(lua_State *L, struct config *config)
{
	lua_getfield(L, -1, "admin");
	if (lua_toboolean(L, -1)) {
		lua_getfield(L, -1, "listen");
		fill_address(L, "admin", &config->admin);
		lua_pop(L, 1);
		fill_text(L, "token", config->admin_token,
		    sizeof(config->admin_token));
	}
	lua_pop(L, 1);
}

static void
fill_route(lua_State *L, struct route *route)
{
	fill_text(L, "prefix", route->prefix, sizeof(route->prefix));
	fill_text(L, "forward", route->forward, sizeof(route->forward));
	route->prefix_len = (uint16_t)strlen(route->prefix);
	route->forward_len = (uint16_t)strlen(route->forward);
}

static void
fill_routes(lua_State *L, struct config *config)
{
	lua_getfield(L, -1, "routes");
	config->route_count = (int32_t)lua_objlen(L, -1);
	if (config->route_count > CONFIG_ROUTE_MAX)
		luaL_error(
		    L, "routes has more than %d entries", CONFIG_ROUTE_MAX);
	for (int i = 0; i < config->route_count; i++) {
		lua_rawgeti(L, -1, i + 1);
		fill_route(L, &config->routes[i]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* The list dns.servers as one text with spaces between. */
static void
fill_servers(lua_State *L, struct config *config)
{
	size_t used = 0;
	int count;

	lua_getfield(L, -1, "dns");
	lua_getfield(L, -1, "servers");
	count = lua_istable(L, -1) ? (int)lua_objlen(L, -1) : 0;
	for (int i = 0; i < count; i++) {
		if (i > 0)
			config->dns.servers[used++] = ' ';
		lua_rawgeti(L, -1, i + 1);
		copy_text(L, "dns.servers", config->dns.servers + used,
		    sizeof(config->dns.servers) - used - 1);
		used += strlen(config->dns.servers + used);
		lua_pop(L, 1);
	}
	lua_pop(L, 2);
}

static void
fill_policy(lua_State *L, struct config *config)
{
	lua_getfield(L, -1, "policy");
	fill_text(L, "name", config->policy_name, sizeof(config->policy_name));
	lua_pop(L, 1);
	lua_getfield(L, -1, "registry");
	config->has_registry = lua_toboolean(L, -1);
	lua_pop(L, 1);
	lua_getfield(L, -1, "unknown_function");
	config->forward_unknown = strcmp(luaL_checkstring(L, -1), "forward") ==
				  0;
	lua_pop(L, 1);
}

void
fill_config(lua_State *L, struct config *config)
{
	luaL_checkstack(L, 8, "configuration");
	fill_fields(L, config);
	fill_listen(L, config);
	fill_admin(L, config);
	fill_routes(L, config);
	fill_servers(L, config);
	fill_policy(L, config);
	if (config->processes == 0)
		config->processes = (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
	if (config->processes < 1)
		config->processes = 1;
}

/* --- workers --- */

static double
number_of(lua_State *L, const char *key)
{
	double number;

	lua_getfield(L, -1, key);
	number = to_number(L, key);
	lua_pop(L, 1);
	return number;
}

static void
fill_worker(lua_State *L, struct listed_worker *worker)
{
	double capacity = number_of(L, "capacity");

	memset(worker, 0, sizeof(*worker));
	fill_text(L, "name", worker->name, sizeof(worker->name));
	fill_text(L, "url", worker->url, sizeof(worker->url));
	lua_getfield(L, -1, "unix_path");
	copy_text(L, "unix_path", worker->host, sizeof(worker->host));
	lua_pop(L, 1);
	if (worker->host[0] == '\0') {
		fill_text(L, "host", worker->host, sizeof(worker->host));
		worker->port = (int32_t)number_of(L, "port");
	}
	worker->weight = number_of(L, "weight");
	worker->capacity = capacity == 0 ? WORKER_CAPACITY_ANY
					 : (int32_t)capacity;
}

void
fill_workers(lua_State *L, struct generation_writer *writer)
{
	int count;

	lua_getfield(L, -1, "workers");
	count = (int)lua_objlen(L, -1);
	for (int i = 0; i < count; i++) {
		struct listed_worker worker;

		lua_rawgeti(L, -1, i + 1);
		fill_worker(L, &worker);
		generation_write_worker(writer, &worker);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}
