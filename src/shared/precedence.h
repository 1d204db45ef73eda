/*
 * Who is next for a place at a worker, over all proxies.  [proxies]
 *
 * Every proxy says here who is the oldest of those that wait in it: for this
 * worker, and for any.  Before a place is claimed, the proxy looks whether
 * somebody older may want it; so a freed place goes to the oldest wherever that
 * waits, and nobody has to hold it meanwhile: one that dies, or turns the place
 * down, strands nothing.
 *
 * A worker that was full and has room again is opened.  Who waits for any
 * worker is taken to want the place, until its proxy has asked the policy and
 * says that the place was declined; that holds until the next opening.
 *
 * Age is a ticket, one sequence over all proxies, drawn when a request begins
 * to wait.
 */
#ifndef PRECEDENCE_H
#define PRECEDENCE_H

#include <stdint.h>
#include "worker.h"

#define PRECEDENCE_NONE UINT64_MAX /* younger than all */

/* Larger than all tickets so far; the first is 1. */
uint64_t precedence_ticket(struct worker_table *);

/* This proxy's oldest that waits for this worker, or for any; 0: nobody. */
void precedence_tell(
    struct worker_table *, int slot, int proxy, uint64_t ticket);
void precedence_tell_any(struct worker_table *, int proxy, uint64_t ticket);

/* Of those here who wait for any worker, nobody older than this ticket wants
 * the place that is at this one since this opening.  Older: what is said holds
 * until the worker is opened again. */
void precedence_decline(struct worker_table *, int slot, int proxy,
    uint64_t ticket, uint64_t opened);
uint64_t precedence_declined(struct worker_table *, int slot, int proxy);

/* The oldest of this proxy that may want a place at this worker. */
uint64_t precedence_oldest(struct worker_table *, int slot, int proxy);

/* The last opening of this worker; when some room last came there, which is
 * then or later; and the last opening of all workers. */
uint64_t precedence_opened(struct worker_table *, int slot);
uint64_t precedence_freed(struct worker_table *, int slot);
uint64_t precedence_openings(struct worker_table *);

/* Some room has come at a worker that was not full, and somebody waits. */
void precedence_free(struct worker_table *, int slot);

#endif
