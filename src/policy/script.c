/*
 * Loads a policy and calls into it.  [proxies, loader]
 *
 * The functions to call lie at fixed places of the Lua stack, from the load to
 * the end; a call pushes one of them on top and leaves the stack as it was.
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>

#include "clock.h"
#include "log.h"
#include "mistake.h"
#include "state.h"
#include "watchdog.h"
#include "xmalloc.h"

/* Places on the Lua stack, the functions in the order of the enum. */
enum { AT_HANDLER = 1, AT_FUNCTIONS, AT_TOP = AT_FUNCTIONS + SCRIPT_CHECK };

enum { PRINT_INTERVAL_US = 1000000, PRINTS_PER_INTERVAL = 20 };

/* Loading, start() and changed() may make tables of all workers, and are rare:
 * they may take so many times as long as a pick, but no longer than this, which
 * no pick may: a call ends within twice its limit, before the supervisor takes
 * the process for one that stands still. */
enum { PATIENCE = 20, LONGEST_MS = 2000 };

static const char *const function_names[] = {
    "pick", "done", "changed", "tick", "check"};

static const char abi_text[] =
#include <abi_text.h> /* generated from worker_abi.h */
    ;

struct script {
	lua_State *L;
	struct arena *arena;
	const struct generation *generation;
	struct policy_host *host;
	uint64_t seed;
	const char *file; /* the policy's, without its directory */
	struct mistake_place place;
	double limit_ms;
	int lines[SCRIPT_CHECK + 1]; /* where the functions are defined */
	uint64_t tick_us;
	bool wants_done;
	bool is_abandoned;    /* left in the middle of something */
	uint64_t printing_us; /* since when prints are counted */
	int prints;
	char error[256];
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
	const struct script *script = lua_touserdata(L, lua_upvalueindex(1));
	const char *name = lua_tostring(L, 1), *path, *source;
	size_t len;

	if (name == NULL || strncmp(name, "picket.", 7) != 0)
		return 0;
	source = generation_module(script->generation, name, &len, &path);
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
	struct script *script = lua_touserdata(L, lua_upvalueindex(1));
	const char *line = lua_tostring(L, 1);
	uint64_t now_us = clock_now_us();

	if (now_us - script->printing_us >= PRINT_INTERVAL_US) {
		script->printing_us = now_us;
		script->prints = 0;
	}
	if (script->prints++ >= PRINTS_PER_INTERVAL)
		return 0;
	watchdog_hold();
	log_info("policy: %s", line);
	watchdog_release();
	return 0;
}

static void
set_function(lua_State *L, const char *name, lua_CFunction function,
    struct script *script)
{
	lua_pushlightuserdata(L, script);
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

/* Stirred, then as many bits as a double holds. */
double
script_seed(uint64_t seed)
{
	return (double)(seed * 0x9e3779b97f4a7c15u >> 11);
}

static void
push_given(lua_State *L, struct script *script)
{
	size_t len;
	const char *source = generation_policy_source(script->generation, &len);

	lua_newtable(L);
	lua_pushlightuserdata(L, script->host);
	lua_setfield(L, -2, "host");
	lua_pushlstring(L, source, len);
	lua_setfield(L, -2, "source");
	lua_pushstring(L, script->file);
	lua_setfield(L, -2, "file");
	lua_pushstring(L, abi_text);
	lua_setfield(L, -2, "abi");
	lua_pushnumber(L, script_seed(script->seed));
	lua_setfield(L, -2, "seed");
	set_function(L, "find", find_module, script);
	set_function(L, "print", print_line, script);
	set_options(L, script->generation);
}

/* --- errors --- */

/* What went wrong, with the error on top of the stack.  Where Lua had no room
 * to call the handler, or the policy left the function by a tail call, the
 * function that was called is all that is known of the place. */
static enum script_end
note_error(struct script *script, int status, int line)
{
	const char *message = lua_tostring(script->L, -1);
	size_t size = sizeof(script->error);
	char place[128];

	snprintf(place, sizeof(place), "%.100s", script->file);
	if (line > 0)
		snprintf(place, sizeof(place), "%.100s:%d", script->file, line);
	if (status == LUA_ERRMEM) {
		snprintf(script->error, size,
		    "%s: it needs more than policy_limits.memory_bytes = %zu",
		    place, arena_size(script->arena));
		return SCRIPT_OUT_OF_MEMORY;
	}
	if (status == LUA_ERRERR || message == NULL)
		snprintf(script->error, size, "%s: stack overflow", place);
	else if (strstr(message, ".lua:") != NULL ||
		 mistake_is_of_options(message))
		snprintf(script->error, size, "%s", message);
	else
		snprintf(script->error, size, "%s: %s", place, message);
	return SCRIPT_RAISED;
}

/* Who hoards is often late before it is out of memory, since the collector
 * looks at all there is again and again: the memory is then the reason. */
static void
note_time(struct script *script, const char *name, int line, double limit_ms)
{
	size_t used = arena_used(script->arena);
	size_t size = arena_size(script->arena);

	if (used > size / 4)
		snprintf(script->error, sizeof(script->error),
		    "%s:%d: it takes much memory: %s did not return within %g "
		    "ms, and has %zu of policy_limits.memory_bytes = %zu",
		    script->file, line, name, limit_ms, used, size);
	else
		snprintf(script->error, sizeof(script->error),
		    "%s:%d: %s did not return within %g ms", script->file, line,
		    name, limit_ms);
}

/* --- calling --- */

static double
patient_ms(const struct script *script)
{
	double ms = script->limit_ms * PATIENCE;

	return ms < LONGEST_MS ? ms : LONGEST_MS;
}

/* One lua_pcall(), for the watchdog. */
struct attempt {
	lua_State *L;
	int arguments, results;
	int status;
};

static void
run_attempt(void *context)
{
	struct attempt *attempt = context;

	attempt->status = lua_pcall(
	    attempt->L, attempt->arguments, attempt->results, AT_HANDLER);
}

/* The function and its arguments are on top of the stack, so are the results
 * afterwards.  `line` is where the function begins; 0: it is the whole file. */
static enum script_end
call(struct script *script, const char *name, int line, double limit_ms,
    struct attempt attempt)
{
	switch (watchdog_call(limit_ms, run_attempt, &attempt)) {
	case WATCHDOG_RETURNED:
		break;
	case WATCHDOG_OUT_OF_STACK:
		script->is_abandoned = true;
		snprintf(script->error, sizeof(script->error),
		    "%s:%d: %s needs more stack than there is", script->file,
		    line > 0 ? line : 1, name);
		return SCRIPT_OUT_OF_STACK;
	case WATCHDOG_OUT_OF_TIME:
		script->is_abandoned = true;
		note_time(script, name, line > 0 ? line : 1, limit_ms);
		return SCRIPT_OUT_OF_TIME;
	}
	if (attempt.status != 0)
		return note_error(script, attempt.status, line);
	return SCRIPT_RETURNED;
}

enum script_end
script_call(struct script *script, enum script_function function,
    double argument, int *result)
{
	struct attempt attempt = {.L = script->L};
	double limit_ms = script->limit_ms;
	enum script_end end;

	lua_pushvalue(script->L, AT_FUNCTIONS + (int)function);
	if (function == SCRIPT_TICK) {
		lua_pushnumber(script->L, argument);
		attempt.arguments = 1;
	}
	if (function == SCRIPT_CHANGED)
		limit_ms = patient_ms(script);
	attempt.results = function == SCRIPT_PICK;
	end = call(script, function_names[function], script->lines[function],
	    limit_ms, attempt);
	if (end == SCRIPT_RETURNED && function == SCRIPT_PICK)
		*result = (int)lua_tointeger(script->L, -1);
	if (!script->is_abandoned)
		lua_settop(script->L, AT_TOP);
	return end;
}

const char *
script_error(const struct script *script)
{
	return script->error;
}

bool
script_wants_done(const struct script *script)
{
	return script->wants_done;
}

uint64_t
script_tick_us(const struct script *script)
{
	return script->tick_us;
}

/* --- loading --- */

/* The table of the runtime's calls is on top of the stack. */
static void
read_traits(lua_State *L, struct script *script)
{
	lua_getfield(L, -1, "tick_ms");
	script->tick_us = (uint64_t)(lua_tonumber(L, -1) * 1000);
	lua_getfield(L, -2, "wants_done");
	script->wants_done = lua_toboolean(L, -1);
	lua_getfield(L, -3, "lines");
	for (int i = 0; i <= SCRIPT_CHECK; i++) {
		lua_getfield(L, -1, function_names[i]);
		script->lines[i] = (int)lua_tointeger(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 3);
}

/* Called with a struct script; returns the functions in the enum's order. */
static int
load_policy(lua_State *L)
{
	struct script *script = lua_touserdata(L, 1);
	int table;

	lua_getglobal(L, "require");
	lua_pushliteral(L, "gateway.runtime");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "new");
	push_given(L, script);
	lua_call(L, 1, 1);
	table = lua_gettop(L);
	read_traits(L, script);
	lua_getfield(L, table, "doubt");
	if (lua_isstring(L, -1))
		snprintf(script->error, sizeof(script->error), "%s",
		    lua_tostring(L, -1));
	for (int i = 0; i <= SCRIPT_CHECK; i++)
		lua_getfield(L, table, function_names[i]);
	return SCRIPT_CHECK + 1;
}

static bool
start(struct script *script)
{
	struct attempt attempt = {.arguments = 1, .results = SCRIPT_CHECK + 1};

	script->L = state_new(script->generation, script->arena);
	if (script->L == NULL) {
		snprintf(script->error, sizeof(script->error),
		    "policy_limits.memory_bytes is too little to begin with");
		return false;
	}
	attempt.L = script->L;
	mistake_push_handler(script->L, &script->place);
	lua_pushcfunction(script->L, load_policy);
	lua_pushlightuserdata(script->L, script);
	return call(script, "loading it", 0, patient_ms(script), attempt) ==
	       SCRIPT_RETURNED;
}

struct script *
script_new(const struct generation *generation, struct policy_host *host,
    uint64_t seed, char *error, size_t error_size)
{
	const struct config *config = generation_config(generation);
	struct script *script = xcalloc(1, sizeof(*script));
	bool started = false;

	watchdog_start();
	script->generation = generation;
	script->host = host;
	script->seed = seed;
	script->file = file_name(generation_policy_path(generation));
	script->place.file = script->file;
	script->place.source = generation_policy_source(generation, NULL);
	script->limit_ms = config->policy_limits.time_ms;
	script->arena = arena_new((size_t)config->policy_limits.memory_bytes);
	if (script->arena == NULL)
		snprintf(script->error, sizeof(script->error),
		    "%s: there is no memory for it", script->file);
	else
		started = start(script);
	snprintf(error, error_size, "%s", script->error);
	if (started)
		return script;
	script_free(script);
	return NULL;
}

/* What Lua keeps outside of the arena, the machine code, is lost when the state
 * was abandoned: at most half a megabyte. */
void
script_free(struct script *script)
{
	if (script == NULL)
		return;
	if (script->L != NULL && !script->is_abandoned)
		lua_close(script->L);
	arena_free(script->arena);
	free(script);
}
