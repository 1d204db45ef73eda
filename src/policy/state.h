/*
 * A Lua state for one policy: bounded in memory, with the libraries that the
 * runtime needs and `require` for the modules of a generation.  What of it a
 * policy sees, lua/lib/gateway/sandbox.lua decides.  [proxies, loader]
 */
#ifndef STATE_H
#define STATE_H

#include <stddef.h>
#include <lua.h>
#include "generation.h"

/* What errors in the runtime's own files are said to come from. */
#define STATE_CHUNK "runtime"

/* What the state has, in bytes; `used` never exceeds `limit`: at the limit Lua
 * reports "not enough memory". */
struct state_memory {
	size_t used, limit;
};

/* NULL when there is no memory.  Both arguments outlive the state. */
lua_State *state_new(const struct generation *, struct state_memory *);

#endif
