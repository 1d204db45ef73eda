/*
 * Configurations: what is good becomes a generation with settings in their
 * ranges, what is not is told with the file's name.
 *
 * They are scripts, which may do anything; so only those are run that name
 * nothing by which something is done, and the text of the others is only looked
 * through for where its options stand.
 */
#include "fuzz.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "collect.h"
#include "generation.h"
#include "lua_fuzz.h"

static const char *const doers[] = {"_G", "bit", "collectgarbage", "coroutine",
    "debug", "dofile", "dump", "error", "ffi", "find", "for", "format",
    "function", "getfenv", "getmetatable", "gmatch", "goto", "gsub", "io",
    "jit", "load", "loadfile", "loadstring", "match", "module", "newproxy",
    "os", "package", "pcall", "print", "rawset", "rep", "repeat", "require",
    "setfenv", "setmetatable", "string", "table", "while", "xpcall"};

static bool
is_part_of_a_name(int c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

static bool
is_doer(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(doers) / sizeof(*doers); i++)
		if (strlen(doers[i]) == len && memcmp(doers[i], word, len) == 0)
			return true;
	return false;
}

static bool
does_nothing(const char *text, size_t len)
{
	for (size_t from = 0, to; from < len; from = to + 1) {
		for (to = from;
		     to < len && is_part_of_a_name((unsigned char)text[to]);
		     to++)
			;
		if (is_doer(text + from, to - from))
			return false;
	}
	return len > 0 && text[0] != '\x1b';
}

/* The lines of options, in text that may be no Lua at all. */
static void
look_through(const char *text, size_t len)
{
	static lua_State *L;

	if (L == NULL)
		L = library_open();
	library_push(L, "gateway.where");
	lua_getfield(L, -1, "finder");
	lua_pushlstring(L, text, len);
	MUST(lua_pcall(L, 1, 2, 0) == 0);
	lua_pushvalue(L, -2);
	lua_pushliteral(L, "workers[2].url");
	MUST(lua_pcall(L, 1, 1, 0) == 0);
	lua_settop(L, 0);
	lua_gc(L, LUA_GCSTEP, 100);
}

static void
must_be_settings(const struct config *config)
{
	MUST(config->processes >= 1);
	MUST(config->listen_count >= 1 &&
	     config->listen_count <= CONFIG_LISTEN_MAX);
	MUST(config->route_count >= 1 &&
	     config->route_count <= CONFIG_ROUTE_MAX);
	for (int i = 0; i < config->route_count; i++)
		MUST(config->routes[i].prefix[0] == '/');
	MUST(config->limits.workers >= 1);
	MUST(config->limits.head_bytes >= config->limits.uri_bytes);
	MUST(config->timeouts_us.queue > 0);
	MUST(config->health.interval_us > 0);
}

static void
take_step(const char *step)
{
	(void)step;
}

static void
must_be_read(struct generation_writer *writer)
{
	int file = generation_file();
	struct generation *generation;
	const char *reason;

	MUST(generation_write_out(writer, file));
	generation = generation_open(file, &reason);
	MUST(generation != NULL);
	must_be_settings(generation_config(generation));
	generation_close(generation);
	close(file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct generation_writer *writer;
	char error[LOADER_ERROR] = "", places[PLACES];
	const char *path;

	look_through(text, size);
	if (!does_nothing(text, size))
		return 0;
	path = lua_fuzz_file(data, size);
	writer = generation_writer_new();
	if (collect(path, writer, take_step, places, error))
		must_be_read(writer);
	else
		MUST(strncmp(error, path, strlen(path)) == 0);
	generation_writer_free(writer);
	return 0;
}
