/* `picket lab`: hands its arguments to lua/lib/lab/command.lua, and what that
 * needs to know of the world.  [lab] */
#include "lab.h"

#include <signal.h>
#include <unistd.h>
#include "clock.h"
#include "datadir.h"
#include "lab_lua.h"
#include "terminal.h"
#include "watch.h"

static volatile sig_atomic_t interrupted;

static void
lab_on_interrupt(int number)
{
	interrupted = 1;
	signal(number, SIG_DFL); /* the second one ends the program */
}

static int
lua_is_interrupted(lua_State *L)
{
	lua_pushboolean(L, interrupted);
	return 1;
}

static int
lua_clock(lua_State *L)
{
	lua_pushnumber(L, (double)clock_read_us() / 1e6);
	return 1;
}

static void
push_arguments(lua_State *L, int argc, char **argv)
{
	lua_newtable(L);
	for (int i = 1; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i);
	}
}

static void
push_world(lua_State *L)
{
	lua_newtable(L);
	lua_getglobal(L, "io");
	lua_getfield(L, -1, "stdout");
	lua_setfield(L, -3, "out");
	lua_getfield(L, -1, "stderr");
	lua_setfield(L, -3, "err");
	lua_pop(L, 1);
	lua_getglobal(L, "os");
	lua_getfield(L, -1, "date");
	lua_setfield(L, -3, "date");
	lua_pop(L, 1);
	lua_pushstring(L, PICKET_VERSION);
	lua_setfield(L, -2, "version");
	lua_pushstring(L, datadir());
	lua_setfield(L, -2, "share");
	lua_pushcfunction(L, lua_clock);
	lua_setfield(L, -2, "clock");
	lua_pushcfunction(L, lua_is_interrupted);
	lua_setfield(L, -2, "is_interrupted");
	lua_pushboolean(L, isatty(STDOUT_FILENO));
	lua_setfield(L, -2, "is_colour");
	if (terminal_columns() > 0) {
		lua_pushinteger(L, terminal_columns());
		lua_setfield(L, -2, "columns");
	}
}

int
lab_main(int argc, char **argv)
{
	lua_State *L = lab_lua_open();
	int code;

	signal(SIGINT, lab_on_interrupt);
	watch_start(L);
	lab_lua_push_function(L, "lab.command", "main");
	push_arguments(L, argc, argv);
	push_world(L);
	lab_lua_call(L, 2, 1);
	code = (int)lua_tointeger(L, -1);
	lua_close(L);
	return code;
}
