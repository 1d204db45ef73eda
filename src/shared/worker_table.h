/*
 * How the shared mapping of the workers is laid out: for the files of this
 * folder that implement worker.h, and for their tests.
 *
 * The processes are forks without exec, so the mapping lies at the same
 * address in all of them and may hold pointers into itself.
 */
#ifndef WORKER_TABLE_H
#define WORKER_TABLE_H

#include <stddef.h>
#include "worker.h"

/* What one proxy tells the others about itself, on a cache line of its own. */
struct claimant {
	uint32_t sequence; /* proxy: odd while it claims or releases */
	int32_t slot;      /* proxy: where it does so */
	uint32_t noted;  /* proxy: the membership it knows; 0: knows nothing */
	int32_t is_dead; /* supervisor: until it is forgotten */
	uint64_t any;    /* proxy: see struct wish; 0: nobody waits for any */
} __attribute__((aligned(64)));

/* Who of one proxy's requests wants a place at one worker, see precedence.h:
 * the ticket of the oldest that waits for it (0: nobody), and a ticket below
 * which those that wait for any have declined it since that opening. */
struct wish {
	uint64_t first, declined, opened; /* proxy */
};

/* When there was room at a worker, by the number of openings then. */
struct room {
	uint64_t opened; /* all: where there was none */
	uint64_t freed;  /* all: some more, as those who wait must know */
};

/* Whose a row of failures is, see conduct.h. */
struct conduct {
	uint32_t func, count;    /* the last that failed, how often in a row */
	uint32_t good[2], at[2]; /* who did well, and in which second */
} __attribute__((aligned(64)));

struct worker_table {
	int32_t worker_max;
	int32_t proxy_max;
	uint32_t membership; /* control; never 0 */
	uint32_t generation; /* control: whose workers these are; 0: none's */
	struct worker *workers;
	struct warmth *warmth;
	struct conduct *conducts;
	struct worker_identity *identities;
	uint32_t *removed_at; /* control: by slot, the membership without it */
	struct room *rooms;
	struct claimant *claimants;
	struct wish *wishes;         /* all of proxy 0, all of proxy 1, ... */
	struct worker_share *shares; /* all of proxy 0, all of proxy 1, ... */

	/* all, atomically, but only while workers are full: tickets drawn, and
	 * openings of all workers, so far */
	uint64_t tickets __attribute__((aligned(64)));
	uint64_t openings;
};

/* Words that more than one process touches are read and written with these.
 * Sequential consistency everywhere: none of them is in an inner loop. */
#define shared_load(word) __atomic_load_n(word, __ATOMIC_SEQ_CST)
#define shared_store(word, value)                                              \
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST)

/* Some room has come at this worker; the number of this opening. */
static inline uint64_t
worker_free(struct worker_table *table, int slot)
{
	uint64_t opening = __atomic_add_fetch(
	    &table->openings, 1, __ATOMIC_SEQ_CST);

	shared_store(&table->rooms[slot].freed, opening);
	return opening;
}

/* It has come where there was none. */
static inline void
worker_open(struct worker_table *table, int slot)
{
	shared_store(&table->rooms[slot].opened, worker_free(table, slot));
}

#endif
