/*
 * Classes of characters in HTTP/1.x heads (RFC 9110 5.6.2, RFC 3986), without
 * regard to the locale.  [data plane, control's health checks, lab]
 */
#ifndef CHARS_H
#define CHARS_H

#include <stdbool.h>
#include <stdint.h>

enum char_class {
	CHAR_TOKEN = 1,  /* in names and methods */
	CHAR_TARGET = 2, /* in a request-target: visible ASCII but no '#' */
	CHAR_HOST = 4,   /* in a host name, its port aside */
	CHAR_DIGIT = 8,
	CHAR_HEX = 16,
};

extern const uint8_t char_classes[256];

static inline bool
char_is(char c, enum char_class class)
{
	return (char_classes[(unsigned char)c] & class) != 0;
}

/* 0 to 15; of a CHAR_HEX only. */
static inline unsigned
char_hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0')
			: (unsigned)((c | 0x20) - 'a') + 10;
}

#endif
