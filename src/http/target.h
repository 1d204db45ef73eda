/*
 * The request-target (RFC 9112 3.2) in its four forms, and the host.
 * [data plane, lab]
 */
#ifndef TARGET_H
#define TARGET_H

#include "head.h"
#include "refusal.h"

/* Takes the target, and from an absolute one the host, into a head whose
 * method is known.  False when it is refused. */
bool target_read(struct head *, uint16_t at, uint16_t len, struct refusal *why);

/* A name or address with or without a port: "worker-1:80", "[::1]". */
bool target_is_host(struct text);

#endif
