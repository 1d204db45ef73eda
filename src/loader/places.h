/*
 * Where options stand in a configuration.  [loader]
 *
 * A text with a line for each: the option, a tab, "scheduler.lua:3", and for a
 * file that a load reads a tab and its path.  The first is `policy`; the
 * policy's own options are "policy.KEY"; the path at `user` is the
 * configuration's own.
 */
#ifndef PLACES_H
#define PLACES_H

#include <stddef.h>

#define PLACES 4096

/* Where an option stands, or else the policy. */
const char *places_find(const char *places, const char *option, size_t *len);

/* The file that a load reads for an option, or NULL. */
const char *places_path(const char *places, const char *option, size_t *len);

#endif
