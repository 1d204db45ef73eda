/*
 * The little of HTTP/1.1 that the load and its workers need: where a head ends
 * and how long the body is.  [benchmark]
 *
 * Not the gateway's own parser: what measures should not share the faults of
 * what is measured.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

struct message {
	size_t head_len; /* with the empty line */
	size_t body_len; /* as Content-Length says, 0 without it */
	int status;      /* of a response */
};

/* False while the head is incomplete. */
bool message_scan(struct message *, const char *text, size_t len);

#endif
