/*
 * One line of a head behind the first: a name, a colon, a value.
 * [data plane, control's health checks, lab]
 */
#ifndef FIELD_LINE_H
#define FIELD_LINE_H

#include "head.h"
#include "refusal.h"

/* Reads a line that scan.h has found to be whole, from `at` to its CR at `end`
 * in the head's bytes; false when it is refused: the name is not made of token
 * characters up to the colon. */
bool field_line_read(const struct head *, size_t at, size_t end, struct field *,
    struct refusal *why);

#endif
