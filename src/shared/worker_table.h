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
} __attribute__((aligned(64)));

struct worker_table {
	int32_t worker_max;
	int32_t proxy_max;
	uint32_t membership; /* control; never 0 */
	struct worker *workers;
	struct warmth *warmth;
	struct worker_identity *identities;
	uint32_t *removed_at; /* control: by slot, the membership without it */
	struct claimant *claimants;
	struct worker_share *shares; /* all of proxy 0, all of proxy 1, ... */
};

/* Words that more than one process touches are read and written with these.
 * Sequential consistency everywhere: none of them is in an inner loop. */
#define shared_load(word) __atomic_load_n(word, __ATOMIC_SEQ_CST)
#define shared_store(word, value)                                              \
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST)

#endif
