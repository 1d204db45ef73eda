/*
 * Reads the head of one HTTP/1.x message from bytes as they arrive.
 * [data plane, control's health checks, lab]
 *
 * llhttp judges what a message is and how it is framed; what it lets pass and
 * we do not is refused before it (scan.h), beside it (field_line.h) and after
 * it (target.h, fields.h): bare CR or LF, NUL, obs-fold, space before a colon,
 * empty names, missing or duplicate Host, Content-Length with
 * Transfer-Encoding, repeated or malformed lengths.  (llhttp 8.1.0 is laxer
 * than a proxy must be: what two parsers read differently is a request
 * smuggled.)
 *
 * A head is copied once, into the parser's own bytes, and taken apart there.
 */
#ifndef PARSER_H
#define PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include "head.h"

struct parser_limits {
	uint16_t head_bytes; /* over it: 431 (requests) */
	uint16_t headers;    /* fields; over it: 431 */
	uint16_t uri_bytes;  /* over it: 414 */
};

enum parser_kind { PARSER_REQUEST, PARSER_RESPONSE };

enum parser_result {
	PARSER_MORE,   /* the head is not complete yet */
	PARSER_HEAD,   /* parser_head() is; see `used` */
	PARSER_FAILED, /* see parser_status() and parser_reason() */
};

struct parser;

/* Large, so rather reset and used again than freed. */
struct parser *parser_new(enum parser_kind, const struct parser_limits *);
void parser_free(struct parser *);

/* Ready for the next message; what was fed is forgotten.  Limits may change
 * from one message to the next. */
void parser_reset(
    struct parser *, enum parser_kind, const struct parser_limits *);

/* Takes bytes up to the end of the head, at most; `used` says how many of them
 * belong to the head.  Empty lines before a request line are skipped (RFC 9112
 * 2.2).  A bad head is refused as early as its first bad byte allows. */
enum parser_result parser_feed(
    struct parser *, const char *data, size_t len, size_t *used);

/* For a response, before it is fed: how its body is framed depends on what was
 * asked.  GET unless said otherwise. */
void parser_expect(struct parser *, enum method request_method);

/* True when nothing of a message was fed yet (empty lines aside). */
bool parser_is_empty(const struct parser *);

const struct head *parser_head(const struct parser *);
/* 400, 414, 431, 501 or 505 for a request; 502 for a response */
int parser_status(const struct parser *);
const char *parser_reason(const struct parser *); /* "bare LF in the head" */

#endif
