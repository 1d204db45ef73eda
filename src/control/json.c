/* Writing JSON.  [control] */
#include "json.h"

#include <math.h>
#include <string.h>

size_t
json_character(const char *at)
{
	const unsigned char *text = (const unsigned char *)at;
	size_t len = text[0] < 0x80   ? 1
		     : text[0] < 0xe0 ? 2
		     : text[0] < 0xf0 ? 3
				      : 4;

	/* Overlong, beyond Unicode, or half of a UTF-16 pair. */
	if ((text[0] >= 0x80 && text[0] < 0xc2) || text[0] > 0xf4 ||
	    (text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) ||
	    (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static bool
is_plain(unsigned char byte)
{
	return byte >= ' ' && byte != '"' && byte != '\\';
}

/* Names and reasons may come from anywhere. */
static void
put_string(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, "\"", 1);
	while (*text != '\0') {
		size_t len = json_character(text);

		if (len == 0)
			evbuffer_add(out, JSON_REPLACEMENT, 3);
		else if (is_plain((unsigned char)*text))
			evbuffer_add(out, text, len);
		else
			evbuffer_add_printf(
			    out, "\\u%04x", (unsigned char)*text);
		text += len == 0 ? 1 : len;
	}
	evbuffer_add(out, "\"", 1);
}

static void
begin(struct json *json, const char *name)
{
	if (!json->is_first)
		evbuffer_add(json->out, ",", 1);
	json->is_first = false;
	if (name == NULL)
		return;
	put_string(json->out, name);
	evbuffer_add(json->out, ":", 1);
}

void
json_open(struct json *json, const char *name, char bracket)
{
	if (evbuffer_get_length(json->out) == 0)
		json->is_first = true;
	begin(json, name);
	evbuffer_add(json->out, &bracket, 1);
	json->is_first = true;
}

void
json_close(struct json *json, char bracket)
{
	evbuffer_add(json->out, &bracket, 1);
	json->is_first = false;
}

void
json_text(struct json *json, const char *name, const char *text)
{
	begin(json, name);
	put_string(json->out, text);
}

void
json_number(struct json *json, const char *name, double number)
{
	begin(json, name);
	if (!isfinite(number))
		evbuffer_add(json->out, "null", 4);
	else if (number == floor(number) && fabs(number) < 9007199254740992.0)
		evbuffer_add_printf(json->out, "%.0f", number);
	else
		evbuffer_add_printf(json->out, "%.9g", number);
}

void
json_bool(struct json *json, const char *name, bool value)
{
	begin(json, name);
	evbuffer_add_printf(json->out, "%s", value ? "true" : "false");
}

void
json_null(struct json *json, const char *name)
{
	begin(json, name);
	evbuffer_add(json->out, "null", 4);
}
