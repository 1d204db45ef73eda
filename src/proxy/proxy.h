/*
 * A proxy process: one event loop that owns clients, their requests and the
 * connections to workers.  [proxies]
 */
#ifndef PROXY_H
#define PROXY_H

#include "process.h"

/* Runs proxy `number` (from 0) until it is told to drain; returns its exit
 * status.  `channel` leads to the supervisor, `generation` is the current one's
 * descriptor. */
int proxy_run(struct gateway *, int number, int channel, int generation);

#endif
