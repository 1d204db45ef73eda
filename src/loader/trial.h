/*
 * Tries a policy before any request meets it.  [loader]
 *
 * The policy is loaded as a proxy would load it and asked to pick for some
 * registered and some made-up functions, among the listed workers: all idle,
 * some full, all full, one tried before, one alone, none.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include "generation.h"
#include "loader.h"

/* False, with the policy's file and line, when it fails or returns nonsense. */
bool trial_run(const struct generation *, char error[LOADER_ERROR]);

#endif
