/*
 * Who is a worker, as the configuration and the commands want it.
 * [control; the supervisor before the first fork]
 */
#ifndef MEMBERSHIP_H
#define MEMBERSHIP_H

#include <stdbool.h>
#include "generation.h"
#include "worker.h"

struct membership_change {
	int added, removed, changed;
};

/* Brings the table in line with the workers that a generation lists: the same
 * url keeps its row, counts and health; what was added at run time stays.
 * `change` may be NULL.  Call worker_publish() afterwards. */
void membership_apply(struct worker_table *, const struct generation *,
    struct membership_change *change);

/* Is there room for what membership_apply() would add? */
bool membership_fits(struct worker_table *, const struct generation *);

/* The row of a worker that was added at run time and would stay, although the
 * generation gives its name to another url: to `listed`; -1: none. */
int membership_namesake(struct worker_table *, const struct generation *,
    const struct listed_worker **listed);

/* Adds one worker; its address is set at once when no name must be looked up.
 * -1: the table is full. */
int membership_add(
    struct worker_table *, const struct listed_worker *, bool from_config);

/* Workers that were added and not removed. */
int membership_count(struct worker_table *);

/* Is this row somebody's, and not a removed one's? */
bool membership_is_member(const struct worker *);

/* False when the host is a name that must be looked up. */
bool membership_numeric(const struct worker_identity *, struct address *);

#endif
