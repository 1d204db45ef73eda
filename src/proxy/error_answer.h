/*
 * The answer of the gateway itself when there is no other: one line of JSON
 * that says why.  [proxies]
 *
 *     {"error": "no worker is up", "request_id": "8f3a90c2b1d4e5f6"}
 */
#ifndef ERROR_ANSWER_H
#define ERROR_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include "text.h"

struct error_answer {
	int status;
	const char *reason;
	struct text request_id; /* as the client sent it; empty: none */
	int minor;              /* it was HTTP/1.minor */
	bool keep;              /* the connection stays open */
	bool head_only;         /* it was a HEAD */
};

/* Room that any of them fits in: an id is cut when it is long. */
#define ERROR_ANSWER_MAX 4096

/* Writes it; returns its length, and in `body_len` that of the body. */
size_t error_answer_write(
    const struct error_answer *, char out[ERROR_ANSWER_MAX], size_t *body_len);

#endif
