/*
 * What the processes may do: when started as root, no more than the configured
 * user may.  [supervisor; children while they start]
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>

/* Anybody may become who they are, and stay with "". */
bool privileges_may_become(const char *user);

/* Becomes this user, for good; "" stays.  False, and logged, on failure. */
bool privileges_drop(const char *user);

#endif
