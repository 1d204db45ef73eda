/*
 * The framing of a body: where it ends, and what of the bytes is payload.
 * [data plane, control's health checks, lab]
 *
 * Chunked framing is strict (RFC 9112 7.1): hexadecimal size of at most 16
 * digits, CRLF and nothing else at the end of lines, extensions and trailers
 * bounded and dropped.
 */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "head.h"

struct body {
	uint8_t framing; /* enum framing */
	uint8_t state;   /* of the chunk decoder */
	bool done;       /* the last byte was seen */
	uint16_t line;   /* bytes of the present size, extension or trailer */
	uint64_t left;   /* of the body, or of the present chunk */
};

/* A body as this head announces it; done at once when there is none. */
void body_start(struct body *, const struct head *);

/* Decodes what lies at `data`: payload is moved together to its beginning.
 * Returns the number of payload bytes there, -1 for bad framing; `used` says
 * how many bytes belonged to the body (fewer than `len` only when done). */
ssize_t body_decode(struct body *, char *data, size_t len, size_t *used);

/* What was bad: "chunk size is not hexadecimal". */
const char *body_reason(const struct body *);

/* The peer ended its stream: true when that ends this body rightly. */
bool body_end(struct body *);

/* The line before a chunk of this size goes out; returns its length. */
#define CHUNK_LINE_MAX 18
size_t chunk_line(char line[CHUNK_LINE_MAX], size_t size);

#endif
