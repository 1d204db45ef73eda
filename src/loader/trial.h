/*
 * Tries a policy before any request meets it.  [loader]
 *
 * The policy is loaded as a proxy would load it and asked to pick for some
 * registered and some made-up functions, among the listed workers: all idle,
 * some full, all full, one tried before, one alone, none.
 *
 * What is wrong with its options is said with their place in the configuration.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include "generation.h"
#include "loader.h"
#include "places.h"

/* False, with file and line, when the policy fails or returns nonsense.  Else
 * the report says what is doubtful, "" when nothing is. */
bool trial_run(
    const struct generation *, const char *places, char report[LOADER_ERROR]);

#endif
