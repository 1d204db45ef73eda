/*
 * What the error of a policy says: on which line it was, and what is wrong
 * there in the words of policy(7).  [proxies, loader]
 */
#ifndef MISTAKE_H
#define MISTAKE_H

#include <stdbool.h>
#include <lua.h>

struct mistake_place {
	const char *file; /* the policy's, without its directory */
	const char *source;
};

/* Pushes the handler for lua_pcall(): its message begins with file and line
 * wherever these are known.  The place outlives the state. */
void mistake_push_handler(lua_State *, const struct mistake_place *);

/* Options are the configuration's, where they have another place: what
 * picket.options says of them has none. */
bool mistake_is_of_options(const char *message);

#endif
