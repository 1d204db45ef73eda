/*
 * Finds the end of a head in bytes as they arrive, and the bytes that no head
 * may have: bare CR or LF, NUL and other controls, folded lines.
 * [data plane, control's health checks, lab]
 *
 * Every byte is looked at once, however the head is cut up, and a bad one is
 * refused at once: after a bare LF a client may be waiting for an answer to
 * what it believes to be complete.  What is past this scan has lines that all
 * parsers agree on.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scan_state {
	SCAN_BEFORE,    /* empty lines before a request */
	SCAN_BEFORE_CR, /* ... and the CR of one */
	SCAN_FIRST,     /* the first byte of the first line */
	SCAN_START,     /* the first byte of any other line */
	SCAN_LINE,
	SCAN_LINE_CR,
	SCAN_END_CR, /* the CR of the empty line that ends the head */
	SCAN_DONE,
	SCAN_BAD,
};

struct scan {
	uint8_t
	    state; /* SCAN_BEFORE for a request, SCAN_FIRST for a response */
	const char *reason; /* for SCAN_BAD */
};

/* The number of bytes, from the first on, that are empty lines. */
size_t scan_skip(struct scan *, const char *data, size_t len);

/* Where lines end in what was scanned: each place is behind a CR LF. */
struct scan_lines {
	unsigned count;
	uint16_t ends[32];
};

/* The number of bytes that are part of the head; fewer than `len` only when
 * it ended or is bad, or `lines` is full. */
size_t scan_head(
    struct scan *, const char *data, size_t len, struct scan_lines *lines);

#endif
