/*
 * Runs scheduler.lua and gathers what it names.  [loader]
 *
 * The configuration is a trusted script: it runs in a full Lua state, which
 * lives for this one load and whose memory is bounded only so that a mistake
 * does not take the machine along.
 */
#include "collect.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lauxlib.h>
#include <lualib.h>

#include "datadir.h"
#include "fill.h"
#include "registry.h"
#include "xmalloc.h"

/* What gateway.runtime requires, itself included. */
static const char *const runtime_modules[] = {"fields", "lua_text",
    "policy_shape", "random", "request_view", "runtime", "sandbox", "verdict",
    "worker_view"};

struct collection {
	const char *path;
	struct generation_writer *writer;
	collect_step_call *step;
	char *places;
};

/* --- files --- */

/* The whole of a file, as a Lua string on top of the stack. */
static const char *
push_file(lua_State *L, const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	luaL_Buffer buffer;
	size_t got;

	if (file == NULL)
		luaL_error(L, "%s: %s", path, strerror(errno));
	luaL_buffinit(L, &buffer);
	do {
		got = fread(luaL_prepbuffer(&buffer), 1, LUAL_BUFFERSIZE, file);
		luaL_addsize(&buffer, got);
	} while (got > 0);
	got = ferror(file) ? 1 : 0;
	fclose(file);
	if (got != 0)
		luaL_error(L, "%s: %s", path, strerror(errno));
	luaL_pushresult(&buffer);
	return lua_tolstring(L, -1, len);
}

/* A module: its name is that of its folder and file. */
static void
collect_module(lua_State *L, struct generation_writer *writer,
    const char *folder, const char *path)
{
	const char *file = strrchr(path, '/') + 1;
	size_t len;
	const char *source = push_file(L, path, &len), *name;

	lua_pushlstring(L, file, strlen(file) - strlen(".lua"));
	name = lua_pushfstring(L, "%s.%s", folder, lua_tostring(L, -1));
	generation_write_module(writer, name, path, source, len);
	lua_pop(L, 3);
}

static void
collect_modules(lua_State *L, struct generation_writer *writer)
{
	const size_t count = sizeof(runtime_modules) / sizeof(*runtime_modules);
	const char *lib = datadir_lib();
	glob_t found;

	for (size_t i = 0; i < count; i++) {
		collect_module(L, writer, "gateway",
		    lua_pushfstring(
			L, "%s/gateway/%s.lua", lib, runtime_modules[i]));
		lua_pop(L, 1);
	}
	lua_pushfstring(L, "%s/picket/*.lua", lib);
	if (glob(lua_tostring(L, -1), 0, NULL, &found) != 0)
		luaL_error(L, "%s/picket: no modules are there", lib);
	for (size_t i = 0; i < found.gl_pathc; i++)
		collect_module(L, writer, "picket", found.gl_pathv[i]);
	globfree(&found);
	lua_pop(L, 1);
}

/* --- what the configuration names --- */

static void
require(lua_State *L, const char *module)
{
	lua_getglobal(L, "require");
	lua_pushstring(L, module);
	lua_call(L, 1, 1);
}

/* Calls a function of a module; its first result is on the stack, or else its
 * second is an error. */
static void
call_module(lua_State *L, const char *module, const char *function,
    const char *argument)
{
	require(L, module);
	lua_getfield(L, -1, function);
	lua_remove(L, -2);
	lua_pushstring(L, argument);
	lua_call(L, 1, 2);
	if (!lua_toboolean(L, -2))
		lua_error(L);
	lua_pop(L, 1);
}

static void
load_config(lua_State *L, const char *path)
{
	require(L, "gateway.config");
	lua_pushstring(L, datadir_policies());
	lua_setfield(L, -2, "policies_dir");
	lua_pop(L, 1);
	call_module(L, "gateway.config", "load", path);
}

/* With the configuration on top. */
static void
collect_places(lua_State *L, char *places)
{
	lua_getfield(L, -1, "places");
	snprintf(places, PLACES, "%s", lua_tostring(L, -1));
	lua_pop(L, 1);
}

static void
collect_policy(lua_State *L, struct generation_writer *writer)
{
	const char *path, *source;
	size_t len;

	lua_getfield(L, -1, "policy");
	lua_getfield(L, -1, "path");
	path = lua_tostring(L, -1);
	source = push_file(L, path, &len);
	require(L, "gateway.literal");
	lua_getfield(L, -1, "encode");
	lua_getfield(L, -5, "options");
	lua_call(L, 1, 1);
	generation_write_policy(writer, path, source, len, lua_tostring(L, -1));
	lua_pop(L, 5);
}

static void
collect_registry(
    lua_State *L, struct generation_writer *writer, collect_step_call *step)
{
	lua_getfield(L, -1, "registry");
	if (lua_toboolean(L, -1)) {
		step(lua_tostring(L, -1));
		call_module(L, "gateway.registry", "load", lua_tostring(L, -1));
		registry_write(L, writer);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static int
run(lua_State *L)
{
	struct collection *collection = lua_touserdata(L, 1);
	struct generation_writer *writer = collection->writer;
	struct config *config = generation_writer_config(writer);

	if (datadir_fault() != NULL)
		return luaL_error(L, "%s", datadir_fault());
	luaL_openlibs(L);
	lua_getglobal(L, "package");
	lua_pushfstring(L, "%s/?.lua", datadir_lib());
	lua_setfield(L, -2, "path");
	collection->step(collection->path);
	load_config(L, collection->path);
	snprintf(config->file, sizeof(config->file), "%s", collection->path);
	fill_config(L, config);
	fill_workers(L, writer);
	collect_places(L, collection->places);
	collect_policy(L, writer);
	collect_modules(L, writer);
	collect_registry(L, writer, collection->step);
	return 0;
}

/* --- the state --- */

struct bound {
	lua_Alloc allocate;
	void *context;
	size_t used, limit;
};

#define MEMORY_LIMIT ((size_t)1 << 30)

static void *
allocate_within(void *context, void *block, size_t old_size, size_t size)
{
	struct bound *bound = context;
	void *moved;

	if (size > old_size && size - old_size > bound->limit - bound->used)
		return NULL;
	moved = bound->allocate(bound->context, block, old_size, size);
	if (moved != NULL || size == 0)
		bound->used += size - old_size;
	return moved;
}

bool
collect(const char *path, struct generation_writer *writer,
    collect_step_call *step, char places[PLACES], char error[LOADER_ERROR])
{
	struct collection collection = {path, writer, step, places};
	struct bound bound = {.limit = MEMORY_LIMIT};
	lua_State *L = luaL_newstate();
	int status;

	if (L == NULL) {
		snprintf(error, LOADER_ERROR, "%s: out of memory", path);
		return false;
	}
	bound.allocate = lua_getallocf(L, &bound.context);
	lua_setallocf(L, allocate_within, &bound);
	status = lua_cpcall(L, run, &collection);
	if (status != 0) {
		const char *message = lua_tostring(L, -1);

		snprintf(error, LOADER_ERROR, "%s%s",
		    status == LUA_ERRMEM ? path : "",
		    status == LUA_ERRMEM ? ": it needs too much memory"
		    : message != NULL    ? message
					 : "unknown error");
	}
	lua_setallocf(L, bound.allocate, bound.context);
	lua_close(L);
	return status == 0;
}
