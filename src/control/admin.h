/*
 * The admin address: what can be seen and ordered over HTTP.  [control]
 *
 * On a loopback address or a Unix socket whoever may log in may use it, unless
 * the configuration has a token; anywhere else there must be one.  A web page
 * in somebody's browser may not (it would send an Origin).
 */
#ifndef ADMIN_H
#define ADMIN_H

#include "control_state.h"

/* Serves on this listening socket; NULL for -1. */
struct admin *admin_new(struct control *, int listener);
void admin_free(struct admin *);

#endif
