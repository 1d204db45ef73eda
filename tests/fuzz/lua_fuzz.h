/*
 * Fuzzers of what is written in Lua: their states tell libFuzzer which lines
 * they come through, and run no faster for that.
 */
#ifndef LUA_FUZZ_H
#define LUA_FUZZ_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* A state that finds picket's library and is watched. */
lua_State *lua_fuzz_state(void);

/* Pushes the module. */
void lua_fuzz_require(lua_State *, const char *module);

/* The path of a file with these bytes, the same each time. */
const char *lua_fuzz_file(const void *bytes, size_t len);

#endif
