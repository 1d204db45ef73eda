/*
 * A policy's file, loaded once: a Lua state in an arena of its own, with the
 * policy's functions at hand.  All use of the Lua API for policies is here and
 * in state.c.  [proxies, loader]
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "generation.h"
#include "worker.h"

struct script;

enum script_function {
	SCRIPT_PICK,
	SCRIPT_DONE,
	SCRIPT_CHANGED,
	SCRIPT_TICK,
	SCRIPT_CHECK /* policy_check_workers() */
};

/* How a call ended.  After the last three the state can only be
 * freed. */
enum script_end {
	SCRIPT_RETURNED,
	SCRIPT_RAISED,
	SCRIPT_OUT_OF_MEMORY,
	SCRIPT_OUT_OF_TIME,
	SCRIPT_OUT_OF_STACK
};

/* Loads the policy and calls its start(); NULL with the reason in `error`,
 * which else says what is doubtful ("" for nothing). Both of what it is given
 * must outlive it. */
struct script *script_new(const struct generation *, struct policy_host *,
    uint64_t seed, char *error, size_t error_size);
void script_free(struct script *);

/* `argument` is the time for tick(); `result` is what pick returned, a slot or
 * POLICY_NONE. */
enum script_end script_call(
    struct script *, enum script_function, double argument, int *result);

/* What went wrong in the last call that did not return. */
const char *script_error(const struct script *);

/* What math.random of such an instance is seeded with. */
double script_seed(uint64_t seed);

bool script_wants_done(const struct script *);
uint64_t script_tick_us(const struct script *);

#endif
