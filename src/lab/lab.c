/* `picket lab`: hands its arguments to lua/lib/lab/command.lua.  [lab] */
#include "lab.h"
#include "lab_lua.h"

int
lab_main(int argc, char **argv)
{
	lua_State *L = lab_lua_open();
	int code;

	lab_lua_push_function(L, "lab.command", "main");
	lua_newtable(L);
	for (int i = 1; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i);
	}
	lab_lua_call(L, 1, 1);
	code = (int)lua_tointeger(L, -1);
	lua_close(L);
	return code;
}
