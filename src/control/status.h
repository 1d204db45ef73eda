/*
 * GET /status: what the gateway is and does now, as JSON.  [control]
 */
#ifndef STATUS_H
#define STATUS_H

#include <event2/buffer.h>
#include "generation.h"
#include "process.h"
#include "worker.h"

/* Writes all of it.  The generation is the current one. */
void status_write(
    struct evbuffer *, const struct gateway *, const struct generation *);

/* "up", "down", "draining", ...: a worker's state in a word. */
const char *status_of_worker(const struct worker *);

#endif
