/*
 * The first line of a message, read to the byte: one space where one belongs,
 * and a version that is 1.0 or 1.1.  [data plane, control's health checks, lab]
 */
#ifndef FIRST_LINE_H
#define FIRST_LINE_H

#include "head.h"
#include "refusal.h"

/* METHOD SP target SP version CRLF.  The head's bytes, of which there are
 * `len`, begin with the line, its method is known, and `target` is what llhttp
 * took for the target.  False when it is refused. */
bool first_line_request(
    struct head *, size_t len, struct text target, struct refusal *why);

/* HTTP/1.x SP 3DIGIT, and SP and a reason after it or not, CRLF.  The line is
 * `len` bytes long, those two aside. */
bool first_line_response(struct head *, size_t len, struct refusal *why);

#endif
