/*
 * Parsers to be used again: the one given back last is taken first, while it is
 * still in the cache.  [proxies]
 */
#ifndef PARSERS_H
#define PARSERS_H

#include "parser.h"

struct parsers;

struct parsers *parsers_new(void);
void parsers_free(struct parsers *); /* with what lies in it */

/* One that is ready for a message, now the caller's. */
struct parser *parsers_take(
    struct parsers *, enum parser_kind, const struct parser_limits *);

/* Gives it back; NULL is allowed. */
void parsers_give(struct parsers *, struct parser *);

#endif
