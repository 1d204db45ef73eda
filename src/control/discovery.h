/*
 * Where workers are: host names are looked up, again and again, and what is
 * found is written into the worker table; proxies look nothing up.  [control]
 *
 * Through evdns, with the system's servers and /etc/hosts or those configured.
 * A name that cannot be looked up any more keeps its last address.
 */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include "control_state.h"

/* Tells `health` of addresses that are found, change, or cannot be found. */
struct discovery *discovery_new(struct control *);
void discovery_free(struct discovery *);

/* Which servers are asked, and how often: looks all up again. */
void discovery_configure(struct discovery *, const struct config *);

/* Looks up what has no address yet; call it when workers were added. */
void discovery_look(struct discovery *);

#endif
