/*
 * One policy, loaded: a Lua state of its own, sandboxed and bounded, and the
 * few calls the gateway makes into it.  [proxies; the loader tries a policy]
 *
 * Whatever the script does, a call returns: an error, a wrong value or a
 * policy that does not return is counted, said in the log at most once a
 * second, and answered with POLICY_FAILED, for which the caller uses
 * policy_fallback().
 *
 * A call that takes too long is left by a jump, so what the policy calls back
 * for headers only looks: it takes no memory and no lock.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "generation.h"
#include "worker.h"

struct policy;

/* What pick() may answer besides a slot. */
enum { POLICY_NONE = -1, POLICY_FAILED = -2 };

/* Who answers request:header() and outcome.headers: the length of the value
 * and where it is, or -1. */
typedef int32_t policy_header_call(
    void *owner, const char *name, int32_t name_len, const char **value);

/* Loads the generation's policy and calls its start(); NULL with the reason
 * ("least_loaded.lua:12: ...") in `error`, which else says what is doubtful
 * ("" for nothing).  The generation must outlive it. */
struct policy *policy_new(const struct generation *, struct worker_table *,
    policy_header_call *request_header, policy_header_call *answer_header,
    uint64_t seed, char *error, size_t error_size);
void policy_free(struct policy *);

/* Where the next pick's request is described: fill it, then pick. */
struct request_view *policy_request(struct policy *);

/* By slot: set to 1 what this request has tried; all 0 again afterwards. */
uint8_t *policy_tried(struct policy *);

/* A slot of an available worker, full or not; POLICY_NONE; POLICY_FAILED. */
int policy_pick(struct policy *);

/* The free, available, untried worker with the fewest in flight (for its
 * weight); POLICY_NONE when there is none.  Needs no Lua. */
int policy_fallback(struct policy *);

/* Membership or health changed: makes `workers` anew, then calls changed(). */
void policy_changed(struct policy *);

/* True when the policy has a done(); then call it when an attempt has ended,
 * with policy_request() and policy_outcome() filled. */
bool policy_wants_done(const struct policy *);
struct outcome_view *policy_outcome(struct policy *);
void policy_done(struct policy *);

/* The interval that the policy asked for; 0: no tick. */
uint64_t policy_tick_us(const struct policy *);
void policy_tick(struct policy *, double now_ms);

/* What a policy did to the list of workers that it is given, which is an error
 * of its author's; NULL: nothing.  For the trial. */
const char *policy_check_workers(struct policy *);

/* From now on errors are counted, but not logged: for the trial, which reports
 * them itself. */
void policy_be_quiet(struct policy *);

struct policy_stats {
	uint64_t errors;     /* calls that failed, of any kind */
	uint64_t losses;     /* of them: that took the Lua state along */
	uint64_t first_us;   /* when the first was; 0: none */
	bool is_quarantined; /* failed too often, is not called any more */
	char last_error[256];
};
const struct policy_stats *policy_stats(const struct policy *);

#endif
