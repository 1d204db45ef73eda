/* Lua states that find picket's modules.  [control, commands, lab] */
#include "library.h"

#include <lauxlib.h>
#include <lualib.h>

#include "datadir.h"
#include "log.h"

lua_State *
library_open(void)
{
	lua_State *L = luaL_newstate();

	if (L == NULL)
		fatal("out of memory for Lua");
	if (datadir_fault() != NULL)
		fatal("%s", datadir_fault());
	luaL_openlibs(L);
	lua_getglobal(L, "package");
	lua_pushfstring(
	    L, "%s/?.lua;%s/?.lua", datadir_lib(), datadir_policies());
	lua_setfield(L, -2, "path");
	lua_pop(L, 1);
	return L;
}

void
library_push(lua_State *L, const char *module)
{
	lua_getglobal(L, "require");
	lua_pushstring(L, module);
	if (lua_pcall(L, 1, 1, 0) != 0)
		fatal("%s", lua_tostring(L, -1));
}
