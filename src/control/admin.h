/*
 * The admin address: what can be seen and ordered over HTTP.  [control]
 *
 * It stands on a loopback address or a Unix socket, so whoever may log in may
 * use it; a web page in somebody's browser may not (it would send an Origin).
 */
#ifndef ADMIN_H
#define ADMIN_H

#include "control_state.h"

/* Serves on this listening socket; NULL for -1. */
struct admin *admin_new(struct control *, int listener);
void admin_free(struct admin *);

#endif
