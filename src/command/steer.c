/*
 * picket reload, stop, status, workers: those that talk to a running gateway.
 * [command]
 *
 * What they say and print is Lua (lua/lib/gateway/steer.lua), since it is text
 * and JSON; the call itself is C.
 */
#include "command.h"

#include <stdlib.h>
#include <lauxlib.h>
#include <unistd.h>
#include "admin_call.h"
#include "datadir.h"
#include "library.h"
#include "log.h"

/* call(address, token, method, path, body, timeout_s) -> status, answer; or
 * nil and why there is none */
static int
call(lua_State *L)
{
	char *answer;
	int status = admin_call(luaL_checkstring(L, 1), luaL_checkstring(L, 2),
	    luaL_checkstring(L, 3), luaL_checkstring(L, 4),
	    luaL_checkstring(L, 5), luaL_checkinteger(L, 6), &answer);

	if (status == -1)
		lua_pushnil(L);
	else
		lua_pushinteger(L, status);
	lua_pushstring(L, answer);
	free(answer);
	return 2;
}

/* pause(seconds), between two looks at a gateway that stops */
static int
pause_for(lua_State *L)
{
	usleep(luaL_checknumber(L, 1) * 1e6);
	return 0;
}

static void
push_host(lua_State *L)
{
	lua_newtable(L);
	lua_pushcfunction(L, call);
	lua_setfield(L, -2, "call");
	lua_getglobal(L, "io");
	lua_getfield(L, -1, "stdout");
	lua_setfield(L, -3, "out");
	lua_getfield(L, -1, "stderr");
	lua_setfield(L, -3, "err");
	lua_pop(L, 1);
	lua_pushcfunction(L, pause_for);
	lua_setfield(L, -2, "pause");
	lua_pushliteral(L, COMMAND_CONFIG);
	lua_setfield(L, -2, "default_config");
	lua_pushstring(L, getenv("PICKET_ADMIN_TOKEN")); /* or nil */
	lua_setfield(L, -2, "token");
}

int
command_steer(int argc, char **argv)
{
	lua_State *L = library_open();
	int code;

	library_push(L, "gateway.steer");
	lua_getfield(L, -1, "main");
	push_host(L);
	lua_newtable(L);
	for (int i = 0; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i);
	}
	if (lua_pcall(L, 2, 1, 0) != 0)
		fatal("%s", lua_tostring(L, -1));
	code = lua_tointeger(L, -1);
	lua_close(L);
	return code;
}
