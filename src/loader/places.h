/*
 * Where options stand in a configuration.  [loader]
 *
 * A text with a line for each: the option, a tab, "scheduler.lua:3".  The first
 * is `policy`; the policy's own options are "policy.KEY".
 */
#ifndef PLACES_H
#define PLACES_H

#include <stddef.h>

#define PLACES 4096

/* Where an option stands, or else the policy. */
const char *places_find(const char *places, const char *option, size_t *len);

#endif
