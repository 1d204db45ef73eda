/*
 * A Lua state for picket's own modules.  [control, commands, lab]
 *
 * These are trusted: no sandbox, and one that does not load ends the program.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <lua.h>

/* A state that finds lua/lib and the policies; never NULL. */
lua_State *library_open(void);

/* Pushes a module: library_push(L, "gateway.steer") */
void library_push(lua_State *, const char *module);

#endif
