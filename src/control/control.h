/*
 * The control process: admin API, metrics, health checks, discovery of worker
 * addresses, and reloads.  The only writer of who is a worker.  [control]
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "process.h"

/* Runs until told to drain; returns the exit status.  `admin` is the listening
 * socket of the admin address, made by the supervisor (-1: none). */
int control_run(struct gateway *, int channel, int generation, int admin);

#endif
