/*
 * The registry that gateway.registry returns, as a generation holds it.
 * [loader]
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <lua.h>
#include "generation_writer.h"

/* Takes the registry on top of the stack and leaves it there. */
void registry_write(lua_State *, struct generation_writer *);

#endif
