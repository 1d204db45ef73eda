/*
 * Why a message is refused: the status that says so to a client, and a few
 * words for people.  [data plane, control's health checks, lab]
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

struct refusal {
	int status; /* 0: nothing was refused */
	const char *reason;
};

/* Always false, so that a check can end with `return refuse(...)`. */
static inline bool
refuse(struct refusal *why, int status, const char *reason)
{
	why->status = status;
	why->reason = reason;
	return false;
}

#endif
