/* One line of a head.  [data plane, control's health checks, lab] */
#include "field_line.h"

#include "chars.h"
#include "fields.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
field_line_read(const struct head *head, size_t at, size_t end,
    struct field *field, struct refusal *why)
{
	const char *bytes = head->bytes;
	size_t colon = at, value;

	while (char_is(bytes[colon], CHAR_TOKEN))
		colon++; /* no further than the CR */
	if (colon == at || bytes[colon] != ':')
		return refuse(why, 400, "bad header name");
	for (value = colon + 1; is_blank(bytes[value]); value++)
		;
	while (end > value && is_blank(bytes[end - 1]))
		end--;
	field->name_at = (uint16_t)at;
	field->name_len = (uint16_t)(colon - at);
	field->value_at = (uint16_t)value;
	field->value_len = (uint16_t)(end - value);
	fields_identify(field, (struct text){bytes + at, colon - at});
	return true;
}

bool
field_line_frames(const struct field *field)
{
	switch (field->id) {
	case FIELD_CONNECTION:
	case FIELD_CONTENT_LENGTH:
	case FIELD_PROXY_CONNECTION:
	case FIELD_TRANSFER_ENCODING:
	case FIELD_UPGRADE:
		return true;
	default:
		return false;
	}
}
