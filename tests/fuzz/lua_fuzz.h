/*
 * Fuzzers of what is written in Lua: all states in such a program, those of
 * library_open() too, tell libFuzzer which lines they come through, and run no
 * faster for that.
 */
#ifndef LUA_FUZZ_H
#define LUA_FUZZ_H

#include <lauxlib.h>
#include <lua.h>

#include "library.h"

/* The path of a file with these bytes, the same each time. */
const char *lua_fuzz_file(const void *bytes, size_t len);

#endif
