/*
 * Calling the lab's Lua modules.  [lab]
 *
 * The lab trusts its Lua: no sandbox, and an error in it ends the program.
 */
#ifndef LAB_LUA_H
#define LAB_LUA_H

#include <lua.h>

/* A state of base/library, set up for the simulator; never NULL. */
lua_State *lab_lua_open(void);

/* Calls what lies below its arguments on the stack, as lua_call() does. */
void lab_lua_call(lua_State *, int arguments, int results);

/* Pushes a function of a module: lab_lua_push_function(L, "lab.replay", "new")
 */
void lab_lua_push_function(
    lua_State *, const char *module, const char *function);

/* Takes an object off the stack and keeps it; then pushes one of its methods
 * and itself, the first argument: call it with the number of all others + 1. */
int lab_lua_keep(lua_State *);
void lab_lua_push_method(lua_State *, int object, const char *method);

#endif
