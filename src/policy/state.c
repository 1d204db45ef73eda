/* Makes the Lua states of policies.  [proxies, loader] */
#include "state.h"

#include <lauxlib.h>
#include <lualib.h>

/* Leaves what `registry[table][name]` holds on the stack, maybe nil. */
static void
push_registered(lua_State *L, const char *table, const char *name)
{
	lua_getfield(L, LUA_REGISTRYINDEX, table);
	if (lua_istable(L, -1))
		lua_getfield(L, -1, name);
	else
		lua_pushnil(L);
	lua_remove(L, -2);
}

/* Leaves the function that makes a module on the stack. */
static void
push_maker(lua_State *L, const struct generation *generation, const char *name)
{
	const char *path, *source;
	size_t len;

	push_registered(L, "_PRELOAD", name);
	if (lua_isfunction(L, -1))
		return;
	lua_pop(L, 1);
	source = generation_module(generation, name, &len, &path);
	if (source == NULL)
		luaL_error(L, "there is no module %s", name);
	if (luaL_loadbufferx(L, source, len, "=" STATE_CHUNK, "t") != 0)
		lua_error(L);
}

static int
require_module(lua_State *L)
{
	const struct generation *generation = lua_touserdata(
	    L, lua_upvalueindex(1));
	const char *name = luaL_checkstring(L, 1);

	push_registered(L, "_LOADED", name);
	if (!lua_isnil(L, -1))
		return 1;
	push_maker(L, generation, name);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, name);
	lua_pop(L, 1);
	return 1;
}

/* Neither io nor os nor package: what is not there cannot be reached. */
static const lua_CFunction libraries[] = {luaopen_base, luaopen_table,
    luaopen_string, luaopen_math, luaopen_debug, luaopen_bit, luaopen_jit,
    luaopen_ffi};

static int
open_libraries(lua_State *L)
{
	const size_t count = sizeof(libraries) / sizeof(*libraries);

	for (size_t i = 0; i < count; i++) {
		lua_pushcfunction(L, libraries[i]);
		lua_call(L, 0, 0);
	}
	/* Any string leads to the functions of this table. */
	lua_getglobal(L, LUA_STRLIBNAME);
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	/* lua_cpcall() gives the generation as the one argument. */
	lua_pushvalue(L, 1);
	lua_pushcclosure(L, require_module, 1);
	lua_setglobal(L, "require");
	return 0;
}

lua_State *
state_new(const struct generation *generation, struct arena *arena)
{
	lua_State *L = lua_newstate(arena_allocate, arena);

	if (L == NULL)
		return NULL;
	if (lua_cpcall(L, open_libraries, (void *)generation) != 0) {
		lua_close(L);
		return NULL;
	}
	return L;
}
