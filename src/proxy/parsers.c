/* A stack of spare parsers.  [proxies] */
#include "parsers.h"

#include <stdlib.h>
#include "xmalloc.h"

#define SPARE_MAX 256

struct parsers {
	int count;
	struct parser *spare[SPARE_MAX];
};

struct parsers *
parsers_new(void)
{
	return xcalloc(1, sizeof(struct parsers));
}

void
parsers_free(struct parsers *parsers)
{
	while (parsers->count > 0)
		parser_free(parsers->spare[--parsers->count]);
	free(parsers);
}

struct parser *
parsers_take(struct parsers *parsers, enum parser_kind kind,
    const struct parser_limits *limits)
{
	struct parser *parser;

	if (parsers->count == 0)
		return parser_new(kind, limits);
	parser = parsers->spare[--parsers->count];
	parser_reset(parser, kind, limits);
	return parser;
}

void
parsers_give(struct parsers *parsers, struct parser *parser)
{
	if (parser != NULL && parsers->count < SPARE_MAX)
		parsers->spare[parsers->count++] = parser;
	else
		parser_free(parser);
}
