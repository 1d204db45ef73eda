/* Calling the lab's Lua modules.  [lab] */
#include "lab_lua.h"

#include <lauxlib.h>
#include "library.h"
#include "log.h"

/* Room for the simulator's main loop, which goes many ways: with LuaJIT's own
 * limits it gives most of them up, and forgets the others again and again. */
static void
widen_jit(lua_State *L)
{
	const char *limits =
	    "require('jit.opt').start('maxtrace=8000', 'maxmcode=16384', "
	    "'maxrecord=20000', 'maxirconst=4000', 'maxsnap=2000')";

	if (luaL_dostring(L, limits) != 0)
		lua_pop(L, 1); /* a LuaJIT without its compiler */
}

lua_State *
lab_lua_open(void)
{
	lua_State *L = library_open();

	widen_jit(L);
	return L;
}

void
lab_lua_call(lua_State *L, int arguments, int results)
{
	if (lua_pcall(L, arguments, results, 0) != 0)
		fatal("%s", lua_tostring(L, -1));
}

void
lab_lua_push_function(lua_State *L, const char *module, const char *function)
{
	library_push(L, module);
	lua_getfield(L, -1, function);
	lua_remove(L, -2);
}

int
lab_lua_keep(lua_State *L)
{
	return luaL_ref(L, LUA_REGISTRYINDEX);
}

void
lab_lua_push_method(lua_State *L, int object, const char *method)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, object);
	lua_getfield(L, -1, method);
	lua_insert(L, -2);
}
