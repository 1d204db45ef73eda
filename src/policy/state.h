/*
 * A Lua state for one policy: bounded in memory, with the libraries that the
 * runtime needs and `require` for the modules of a generation.  What of it a
 * policy sees, lua/lib/gateway/sandbox.lua decides.  [proxies, loader]
 */
#ifndef STATE_H
#define STATE_H

#include <lua.h>
#include "arena.h"
#include "generation.h"

/* What errors in the runtime's own files are said to come from. */
#define STATE_CHUNK "runtime"

/* NULL when the arena is too small.  Both arguments outlive the state. */
lua_State *state_new(const struct generation *, struct arena *);

#endif
