/*
 * The table that gateway.config returns, as C reads it.  [loader]
 */
#ifndef FILL_H
#define FILL_H

#include <lua.h>
#include "generation_writer.h"

/* Both take the table on top of the stack and leave it there.  What does not
 * fit is a Lua error. */
void fill_config(lua_State *, struct config *);
void fill_workers(lua_State *, struct generation_writer *);

#endif
