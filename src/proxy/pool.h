/*
 * Idle connections to the workers, kept for the next request.  [proxies]
 *
 * The newest is handed out first, so those left over from a burst grow old and
 * close.  A pool owns what lies in it, and nothing it has handed out.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>
#include "upstream.h"

struct pool;

struct pool *pool_new(int workers);
void pool_free(struct pool *); /* closes whatever is idle */

/* At most this many for each worker, for this long. */
void pool_configure(struct pool *, int idle_max, uint64_t idle_us);

/* An idle connection, now the caller's; NULL when there is none. */
struct upstream *pool_take(struct pool *, int slot);

/* Closes the oldest when there are too many. */
void pool_give(struct pool *, struct upstream *);

/* One that ended while it lay here. */
void pool_drop(struct pool *, struct upstream *);

/* Closes those of one worker: it is gone, or lives elsewhere now. */
void pool_purge(struct pool *, int slot);

/* Closes the one that has been idle longest, for its descriptor is needed;
 * false when there is none. */
bool pool_shed(struct pool *);

/* Closes what has been idle for too long. */
void pool_expire(struct pool *);

#endif
