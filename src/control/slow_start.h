/*
 * A worker that comes up gets little at first, and its whole share after
 * health.slow_start seconds: it has nothing in its caches yet, and who has just
 * come back may not bear a full load.  [control]
 *
 * The weight that proxies see rises in ten steps.  It lies in the table, so a
 * new control process goes on where the old one ended.
 */
#ifndef SLOW_START_H
#define SLOW_START_H

#include <stdbool.h>
#include "config.h"
#include "worker.h"

/* Brings all weights up to date: before every worker_publish(), and now and
 * then.  True when the table has changed. */
bool slow_start_look(struct worker_table *, const struct config *);

#endif
