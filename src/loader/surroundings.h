/*
 * What a configuration needs of the machine: that its user may read all that a
 * reload reads, and write the logs and the specs of failing picks.  [loader]
 */
#ifndef SURROUNDINGS_H
#define SURROUNDINGS_H

#include <stdbool.h>
#include "config.h"
#include "loader.h"

/* False, with the option, its place and what to do.  Root becomes the
 * configuration's user to find out: for a process that has nothing else left to
 * do. */
bool surroundings_fit(
    const struct config *, const char *places, char report[LOADER_ERROR]);

#endif
