/*
 * Writing JSON.  [control]
 *
 *     json_open(json, NULL, '{');
 *     json_text(json, "name", "w1");
 *     json_close(json, '}');
 *
 * A member's name is NULL inside an array.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <event2/buffer.h>

struct json {
	struct evbuffer *out;
	bool is_first; /* nothing yet in the innermost object or array */
};

void json_open(struct json *, const char *name, char bracket);
void json_close(struct json *, char bracket);
void json_text(struct json *, const char *name, const char *text);
/* Written without loss up to 2^53; what is no number as null. */
void json_number(struct json *, const char *name, double number);
void json_bool(struct json *, const char *name, bool value);
void json_null(struct json *, const char *name);

/* The length of the UTF-8 character that a text begins with; 0 when it is none,
 * for which the replacement is to be written: readers refuse all the rest. */
size_t json_character(const char *text);
#define JSON_REPLACEMENT "\xef\xbf\xbd"

#endif
