/*
 * GET /status: what the gateway is and does now, as JSON.  [control]
 */
#ifndef STATUS_H
#define STATUS_H

#include <event2/buffer.h>
#include "control_state.h"

/* Writes all of it. */
void status_write(struct evbuffer *, const struct control *);

/* "up", "down", "draining", ...: a worker's state in a word. */
const char *status_of_worker(const struct worker *);

#endif
