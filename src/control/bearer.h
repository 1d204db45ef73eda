/*
 * The token of the admin address: Authorization: Bearer TOKEN (RFC 6750).
 * [control]
 */
#ifndef BEARER_H
#define BEARER_H

#include <stdbool.h>
#include "address.h"

/* Does this header (NULL: there is none) carry this token?  The time it takes
 * tells nothing of how much of it is right. */
bool bearer_is_right(const char *authorization, const char *token);

/* May an address be served with this token?  Without one ("") only where
 * nobody comes from another machine. */
bool bearer_is_enough(const char *token, const struct address *);

#endif
