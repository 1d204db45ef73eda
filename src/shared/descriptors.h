/*
 * How many clients a proxy may have, so that a connection to a worker can
 * always be opened for each.  [supervisor, proxies]
 *
 * A client needs one descriptor, and its request at most one more.  Idle
 * connections to workers take what is left, and are closed when that is wanted.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "process.h"

/* Raises this process' limit to what the system allows. */
void descriptors_raise(void);

/* As many clients as fit in each proxy, of limits.connections its share. */
int descriptors_clients(const struct gateway *, const struct config *);

/* As many as `limit` descriptors allow if the process needs `own` itself. */
int descriptors_fit(unsigned long limit, int own);

/* Says so in the log when that is less than what is configured. */
void descriptors_check(const struct gateway *, const struct config *);

#endif
