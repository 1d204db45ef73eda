/* Writing JSON.  [control] */
#include "json.h"

#include <math.h>
#include <string.h>

/* A string; bytes that are no ASCII are passed on, control characters and
 * quotes are not. */
static void
put_string(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, "\"", 1);
	for (; *text != '\0'; text++) {
		size_t plain = 0;

		while ((unsigned char)text[plain] >= 0x20 &&
		       text[plain] != '"' && text[plain] != '\\')
			plain++;
		evbuffer_add(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		evbuffer_add_printf(out, "\\u%04x", (unsigned char)*text);
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
