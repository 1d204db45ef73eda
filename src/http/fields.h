/*
 * What header fields mean to the gateway: where the message belongs (Host),
 * how its body is framed, what of it concerns this connection alone.
 * [data plane, control's health checks, lab]
 *
 * Strict where two parsers could differ, because what two parsers read
 * differently is a request smuggled (RFC 9112 11.2).
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "head.h"
#include "refusal.h"

/* Sets the id of a field, and whether that is a hop-by-hop one. */
void fields_identify(struct field *, struct text name);

/* What Content-Length says; false when it is refused, by itself or because the
 * head has another one. */
bool fields_take_length(
    struct head *, const struct field *, struct refusal *why);

/* Reads the fields of a complete head whose first line is known; false when
 * they are refused. */
bool fields_read_request(struct head *, struct refusal *why);
bool fields_read_response(
    struct head *, enum method asked, struct refusal *why);

#endif
