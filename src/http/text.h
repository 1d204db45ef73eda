/*
 * A piece of text that lies in somebody else's buffer.  [data plane, control]
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){literal, sizeof(literal) - 1})

static inline bool
text_is(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static inline bool
text_is_nocase(struct text a, struct text b)
{
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

#endif
