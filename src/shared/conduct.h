/*
 * Whose a row of failures is: the worker's, or one function's that fails
 * wherever it runs.  [proxies write, control reads]
 *
 * A worker that answers 502 to one function and serves another has nothing
 * wrong with it.  So beside the length of the row it is known how much of it is
 * one function's, and which two functions did well here last, and when: one of
 * them at least is another one.
 *
 * Two proxies at once may lose one of these words: that shifts a judgement by
 * one attempt.
 */
#ifndef CONDUCT_H
#define CONDUCT_H

#include <stdbool.h>
#include <stdint.h>
#include "worker.h"

/* This function was answered 502, 503 or 504, or not in time; called before
 * worker_count(). */
void conduct_failed(struct worker_table *, int slot, uint32_t func);

/* It was answered well; called beside worker_did_well(). */
void conduct_did_well(struct worker_table *, int slot, uint32_t func);

/* Is it up, and has done well by nobody, for this time at least? */
bool conduct_is_silent(struct worker_table *, int slot, uint64_t for_us);

/* Is all of the row one function's, and has the worker done well by another
 * within this time? */
bool conduct_is_excused(struct worker_table *, int slot, uint64_t within_us);

#endif
