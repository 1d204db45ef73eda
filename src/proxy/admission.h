/*
 * The queue: requests for which no worker has a place now.  [proxies]
 *
 * A request waits for one worker (the policy chose it though it is full) or for
 * any.  A freed place goes to the oldest request that may use it, in whatever
 * proxy that waits (see precedence.h): the older of the first one waiting for
 * that worker and the first one waiting for any who has not declined the place.
 * Whoever waits keeps its age when it is woken in vain.
 *
 * The queue is bounded in all, over all proxies, and for each function.
 */
#ifndef ADMISSION_H
#define ADMISSION_H

#include <stdbool.h>
#include <stdint.h>
#include "config.h"
#include "list.h"
#include "process.h"

#define WAITER_ANY -1
#define WAITER_POSTPONED UINT64_MAX /* `seen` of who waits for a socket */

/* Lies in the request. */
struct waiter {
	struct link link;   /* among those that wait for the same */
	struct link in_all; /* among all, by age */
	uint64_t ticket;    /* its age: smaller is older; 0: never waited */
	uint64_t since_us;  /* it came to the queue; 0: it is not in it */
	uint64_t seen;      /* openings of workers before its last pick */
	uint32_t func_hash; /* which function it counts for */
	int slot;           /* or WAITER_ANY */
	int wanted;         /* that it waits for any, but would go there */
};

struct admission;

struct admission *admission_new(struct gateway *, int proxy);
void admission_free(struct admission *);
void admission_configure(struct admission *, const struct config *);

void waiter_init(struct waiter *, uint32_t func_hash);

/* Begins to wait, or waits again.  False: the queue is full. */
bool admission_wait(struct admission *, struct waiter *, int slot);
void admission_leave(struct admission *, struct waiter *);

/* Calls for everybody who waits now, the oldest first; anybody may leave
 * meanwhile, or wait again. */
void admission_visit(struct admission *, void (*visit)(struct waiter *));

/* The oldest of all, for the queue's timeout; NULL when nobody waits. */
struct waiter *admission_oldest(struct admission *);
bool admission_is_empty(const struct admission *);

/* --- whose turn it is, over all proxies --- */

/* Nobody waits, in any proxy. */
bool admission_is_idle(const struct admission *);

/* Somebody older, here or elsewhere, may want a place at this worker: it is to
 * be left to them, and who would have taken it waits. */
bool admission_must_wait(
    const struct admission *, const struct waiter *, int slot);

/* After admission_wait() for any: it would go to this worker in its turn. */
void admission_want(struct admission *, struct waiter *, int slot);

/* The proxy with the oldest that may want a place here, before this ticket;
 * -1: nobody does. */
int admission_turn(const struct admission *, int slot, uint64_t before);

/* The oldest here that may want the place that is at this worker since this
 * opening; NULL when there is none.  Who waits for any and was asked since then
 * is so no more, unless it would go there and was only outrun. */
struct waiter *admission_next(struct admission *, int slot, uint64_t opened);

/* Nobody here who waits for any is asked about this place any more. */
void admission_give_up(struct admission *, int slot);

/* Has another proxy, or this one in its next turn, look for free places. */
void admission_wake(const struct admission *, int proxy);
void admission_wake_others(const struct admission *);

#endif
