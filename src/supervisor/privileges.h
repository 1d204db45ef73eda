/*
 * What the processes may do: when started as root, no more than the configured
 * user may.  [supervisor; children while they start]
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>

/* Does this user exist, and may we become it?  Else the reason. */
bool privileges_check(const char *user, const char **reason);

/* Becomes this user, for good; "" stays.  False, and logged, on failure. */
bool privileges_drop(const char *user);

#endif
