/*
 * Ends a lab whose policy does not return.  [lab]
 *
 * Beside the gateway's watchdog, a simple one: nothing goes on afterwards, so
 * nothing need be left in order.  lua/lib/lab/watch.lua says in two words of
 * memory which function of a policy runs, and a timer on the processor time
 * looks at them.  Who is seen twice in the same call is stuck, whether the loop
 * was compiled or is within a function of the library.
 */
#ifndef WATCH_H
#define WATCH_H

#include <lua.h>

/* The state must outlive the work. */
void watch_start(lua_State *);

#endif
