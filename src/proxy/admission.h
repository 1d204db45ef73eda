/*
 * The queue: requests for which no worker has a place now.  [proxies]
 *
 * A request waits for one worker (the policy chose it though it is full) or for
 * any.  A freed place goes to the oldest request that may use it: the older of
 * the first one waiting for that worker and the first one waiting for any.
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

#define WAIT_ANY -1

/* Lies in the request. */
struct waiter {
	struct link link;   /* among those that wait for the same */
	struct link in_all; /* among all, by age */
	uint64_t ticket;    /* its age: smaller is older; 0: never waited */
	uint64_t since_us;  /* it came to the queue; 0: it is not in it */
	uint32_t func_hash; /* which function it counts for */
	int slot;           /* or WAIT_ANY */
};

struct admission;

struct admission *admission_new(struct gateway *, int proxy);
void admission_free(struct admission *);
void admission_configure(struct admission *, const struct config *);

void waiter_init(struct waiter *, uint32_t func_hash);

/* Begins to wait, or waits again.  False: the queue is full. */
bool admission_wait(struct admission *, struct waiter *, int slot);
void admission_leave(struct admission *, struct waiter *);

/* The oldest that may use a place at this worker, with a ticket above `after`;
 * NULL when there is none. */
struct waiter *admission_next(struct admission *, int slot, uint64_t after);

/* Calls for everybody who waits now, the oldest first; anybody may leave
 * meanwhile, or wait again. */
void admission_visit(struct admission *, void (*visit)(struct waiter *));

/* The oldest of all, for the queue's timeout; NULL when nobody waits. */
struct waiter *admission_oldest(struct admission *);
bool admission_is_empty(const struct admission *);

/* A place at some worker was given back: other proxies whose requests have
 * waited longer than ours are woken; or all of them, when none of ours could
 * use it. */
void admission_wake_others(struct admission *, bool is_left_over);

#endif
