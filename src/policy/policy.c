/*
 * Calls into a policy.  [proxies, loader]
 *
 * The functions to call lie at fixed places of the Lua stack, from the load to
 * the end; a call pushes one of them on top and leaves the stack as it was.
 */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>

#include "clock.h"
#include "host.h"
#include "log.h"
#include "state.h"
#include "xmalloc.h"

/* Places on the Lua stack; runtime.new() returns a table of the calls. */
enum {
	AT_HANDLER = 1,
	AT_PICK,
	AT_DONE,
	AT_CHANGED,
	AT_TICK,
	AT_CHECK,
	AT_TOP = AT_CHECK
};

enum { LOG_INTERVAL_US = 1000000, PRINTS_PER_INTERVAL = 20 };

static const char abi_text[] =
#include "abi_text.h"
    ;

struct policy {
	lua_State *L;
	struct arena *arena;
	struct policy_host view;
	struct host host;
	struct request_view request;
	struct outcome_view outcome;
	uint8_t *tried; /* by slot */
	int *available; /* slots, in order; for the fallback */
	int available_count;
	uint64_t seed;
	uint64_t tick_us;
	bool wants_done;
	bool is_quiet;
	struct policy_stats stats;
	uint64_t logged_us;   /* when an error was last logged */
	uint64_t suppressed;  /* errors since then */
	uint64_t printing_us; /* since when prints are counted */
	int prints;
};

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* --- what the runtime is given --- */

/* Modules for policies: those named picket.*, with a short name of the file. */
static int
find_module(lua_State *L)
{
	const struct policy *policy = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = lua_tostring(L, 1), *path, *source;
	size_t len;

	if (name == NULL || strncmp(name, "picket.", 7) != 0)
		return 0;
	source = generation_module(policy->host.generation, name, &len, &path);
	if (source == NULL)
		return 0;
	lua_pushlstring(L, source, len);
	luaL_gsub(L, name, ".", "/");
	lua_pushliteral(L, ".lua");
	lua_concat(L, 2);
	return 2;
}

/* A policy that prints at every pick must not fill the disk. */
static int
print_line(lua_State *L)
{
	struct policy *policy = lua_touserdata(L, lua_upvalueindex(1));
	uint64_t now_us = clock_now_us();

	if (now_us - policy->printing_us >= LOG_INTERVAL_US) {
		policy->printing_us = now_us;
		policy->prints = 0;
	}
	if (policy->prints++ < PRINTS_PER_INTERVAL)
		log_info("policy: %s", lua_tostring(L, 1));
	return 0;
}

static void
set_function(lua_State *L, const char *name, lua_CFunction function,
    struct policy *policy)
{
	lua_pushlightuserdata(L, policy);
	lua_pushcclosure(L, function, 1);
	lua_setfield(L, -2, name);
}

static void
set_options(lua_State *L, const struct generation *generation)
{
	lua_pushliteral(L, "return ");
	lua_pushstring(L, generation_policy_options(generation, NULL));
	lua_concat(L, 2);
	if (luaL_loadstring(L, lua_tostring(L, -1)) != 0)
		lua_error(L);
	lua_call(L, 0, 1);
	lua_setfield(L, -3, "options");
	lua_pop(L, 1);
}

static void
push_given(lua_State *L, struct policy *policy)
{
	const struct generation *generation = policy->host.generation;
	size_t len;
	const char *source = generation_policy_source(generation, &len);

	lua_newtable(L);
	lua_pushlightuserdata(L, &policy->view);
	lua_setfield(L, -2, "host");
	lua_pushlstring(L, source, len);
	lua_setfield(L, -2, "source");
	lua_pushstring(L, file_name(generation_policy_path(generation)));
	lua_setfield(L, -2, "file");
	lua_pushstring(L, abi_text);
	lua_setfield(L, -2, "abi");
	/* The bits that a double holds. */
	lua_pushnumber(L, (lua_Number)(policy->seed >> 11));
	lua_setfield(L, -2, "seed");
	set_function(L, "find", find_module, policy);
	set_function(L, "print", print_line, policy);
	set_options(L, generation);
}

/* --- loading --- */

/* The message of an error, without a place in the runtime: that of a function
 * to which the policy made a tail call. */
static const char *
error_text(lua_State *L)
{
	const char *message = lua_tostring(L, 1), *end;

	if (message == NULL)
		return lua_pushfstring(L, "an error that is a %s, not a text",
		    luaL_typename(L, 1));
	end = strstr(message, ": ");
	if (strncmp(message, STATE_CHUNK ":", sizeof(STATE_CHUNK)) == 0 &&
	    end != NULL)
		return end + 2;
	return message;
}

/* An error without a place, as error({}) or error("", 0) make, gets that of
 * the policy's innermost function. */
static int
handle_error(lua_State *L)
{
	const char *file = lua_tostring(L, lua_upvalueindex(1));
	const char *message = error_text(L);
	bool has_place = strstr(message, ".lua:") != NULL;
	lua_Debug place;

	for (int level = 1; !has_place && lua_getstack(L, level, &place);
	     level++) {
		lua_getinfo(L, "Sl", &place);
		if (place.source[0] != '=' ||
		    strcmp(place.source + 1, file) != 0)
			continue;
		lua_pushfstring(
		    L, "%s:%d: %s", file, place.currentline, message);
		return 1;
	}
	lua_pushfstring(
	    L, has_place ? "%s%s" : "%s: %s", has_place ? "" : file, message);
	return 1;
}

/* Called with a struct policy; returns the calls in the order of the stack. */
static int
load_policy(lua_State *L)
{
	static const char *const calls[] = {
	    "pick", "done", "changed", "tick", "check"};
	struct policy *policy = lua_touserdata(L, 1);
	int table;

	lua_getglobal(L, "require");
	lua_pushliteral(L, "gateway.runtime");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "new");
	push_given(L, policy);
	lua_call(L, 1, 1);
	table = lua_gettop(L);
	lua_getfield(L, table, "tick_ms");
	policy->tick_us = (uint64_t)(lua_tonumber(L, -1) * 1000);
	lua_getfield(L, table, "wants_done");
	policy->wants_done = lua_toboolean(L, -1);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		lua_getfield(L, table, calls[i]);
	return sizeof(calls) / sizeof(*calls);
}

static void
list_available(struct policy *policy)
{
	struct worker_table *table = policy->host.table;

	policy->available_count = 0;
	for (int slot = 0; slot < worker_max(table); slot++)
		if (worker_is_available(worker_at(table, slot)))
			policy->available[policy->available_count++] = slot;
}

/* What went wrong, with the error on top of the stack.  Where Lua had no room
 * to call the handler, the file is all that is known of the place. */
static void
copy_error(const struct policy *policy, int status, char *error, size_t size)
{
	const char *path = generation_policy_path(policy->host.generation);
	const char *message = lua_tostring(policy->L, -1);

	if (status == LUA_ERRMEM)
		snprintf(error, size,
		    "%s: it needs more than policy_limits.memory_bytes = %zu",
		    file_name(path), arena_size(policy->arena));
	else if (status == LUA_ERRERR || message == NULL)
		snprintf(error, size, "%s: stack overflow", file_name(path));
	else if (strstr(message, ".lua:") != NULL)
		snprintf(error, size, "%s", message);
	else
		snprintf(error, size, "%s: %s", file_name(path), message);
}

static bool
start(struct policy *policy, char *error, size_t error_size)
{
	const struct config *config = generation_config(
	    policy->host.generation);
	int status;

	policy->arena = arena_new((size_t)config->policy_limits.memory_bytes);
	if (policy->arena != NULL)
		policy->L = state_new(policy->host.generation, policy->arena);
	if (policy->L == NULL) {
		snprintf(error, error_size,
		    "policy_limits.memory_bytes is too little to begin with");
		return false;
	}
	lua_pushstring(policy->L,
	    file_name(generation_policy_path(policy->host.generation)));
	lua_pushcclosure(policy->L, handle_error, 1);
	lua_pushcfunction(policy->L, load_policy);
	lua_pushlightuserdata(policy->L, policy);
	status = lua_pcall(policy->L, 1, AT_TOP - AT_HANDLER, AT_HANDLER);
	if (status == 0)
		return true;
	copy_error(policy, status, error, error_size);
	return false;
}

struct policy *
policy_new(const struct generation *generation, struct worker_table *table,
    policy_header_call *request_header, policy_header_call *answer_header,
    uint64_t seed, char *error, size_t error_size)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));
	size_t workers = (size_t)worker_max(table);

	policy->host.generation = generation;
	policy->host.table = table;
	policy->seed = seed;
	policy->tried = xcalloc(workers, sizeof(*policy->tried));
	policy->available = xcalloc(workers, sizeof(*policy->available));
	policy->view.tried = policy->tried;
	policy->view.request = &policy->request;
	policy->view.outcome = &policy->outcome;
	policy->view.header = request_header;
	policy->view.answer_header = answer_header;
	host_fill(&policy->view, &policy->host);
	list_available(policy);
	if (start(policy, error, error_size))
		return policy;
	policy_free(policy);
	return NULL;
}

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	if (policy->L != NULL)
		lua_close(policy->L);
	arena_free(policy->arena);
	free(policy->tried);
	free(policy->available);
	free(policy);
}

/* --- calling --- */

static void
log_failure(struct policy *policy)
{
	uint64_t now_us = clock_now_us();

	if (policy->is_quiet)
		return;
	if (policy->logged_us != 0 &&
	    now_us - policy->logged_us < LOG_INTERVAL_US) {
		policy->suppressed++;
		return;
	}
	if (policy->suppressed > 0)
		log_warn("policy: %s (and %llu errors before)",
		    policy->stats.last_error,
		    (unsigned long long)policy->suppressed);
	else
		log_warn("policy: %s", policy->stats.last_error);
	policy->logged_us = now_us;
	policy->suppressed = 0;
}

static void
note_failure(struct policy *policy, int status)
{
	struct policy_stats *stats = &policy->stats;

	stats->errors++;
	copy_error(
	    policy, status, stats->last_error, sizeof(stats->last_error));
	if (status == LUA_ERRMEM)
		lua_gc(policy->L, LUA_GCCOLLECT, 0);
	log_failure(policy);
}

/* Calls what is at a place of the stack, with the arguments on top. */
static bool
call(struct policy *policy, int arguments, int results)
{
	int status = lua_pcall(policy->L, arguments, results, AT_HANDLER);

	if (status == 0)
		return true;
	note_failure(policy, status);
	lua_settop(policy->L, AT_TOP);
	return false;
}

struct request_view *
policy_request(struct policy *policy)
{
	return &policy->request;
}

uint8_t *
policy_tried(struct policy *policy)
{
	return policy->tried;
}

int
policy_pick(struct policy *policy)
{
	lua_State *L = policy->L;
	int slot = POLICY_FAILED;

	if (policy->available_count == 0)
		return POLICY_NONE;
	policy->view.has_request = 1;
	lua_pushvalue(L, AT_PICK);
	if (call(policy, 0, 1)) {
		slot = (int)lua_tointeger(L, -1);
		lua_settop(L, AT_TOP);
	}
	policy->view.has_request = 0;
	/* It went down after the policy was last told: not its fault. */
	if (slot >= 0 &&
	    !worker_is_available(worker_at(policy->host.table, slot)))
		return policy_fallback(policy);
	return slot;
}

int
policy_fallback(struct policy *policy)
{
	int best = POLICY_NONE;
	double least = 0;

	for (int i = 0; i < policy->available_count; i++) {
		int slot = policy->available[i];
		const struct worker *worker = worker_at(
		    policy->host.table, slot);
		double load = worker->inflight / worker->weight;

		if (!worker_is_available(worker) || policy->tried[slot] ||
		    worker->inflight >= worker->capacity)
			continue;
		if (best == POLICY_NONE || load < least) {
			best = slot;
			least = load;
		}
	}
	return best;
}

void
policy_changed(struct policy *policy)
{
	list_available(policy);
	lua_pushvalue(policy->L, AT_CHANGED);
	call(policy, 0, 0);
}

bool
policy_wants_done(const struct policy *policy)
{
	return policy->wants_done;
}

struct outcome_view *
policy_outcome(struct policy *policy)
{
	return &policy->outcome;
}

void
policy_done(struct policy *policy)
{
	policy->view.has_request = 1;
	lua_pushvalue(policy->L, AT_DONE);
	call(policy, 0, 0);
	policy->view.has_request = 0;
}

uint64_t
policy_tick_us(const struct policy *policy)
{
	return policy->tick_us;
}

void
policy_tick(struct policy *policy, double now_ms)
{
	lua_pushvalue(policy->L, AT_TICK);
	lua_pushnumber(policy->L, now_ms);
	call(policy, 1, 0);
}

const char *
policy_check_workers(struct policy *policy)
{
	uint64_t errors = policy->stats.errors;

	lua_pushvalue(policy->L, AT_CHECK);
	call(policy, 0, 0);
	return policy->stats.errors == errors ? NULL : policy->stats.last_error;
}

void
policy_be_quiet(struct policy *policy)
{
	policy->is_quiet = true;
}

const struct policy_stats *
policy_stats(const struct policy *policy)
{
	return &policy->stats;
}
