/*
 * Looking a field up.  [data plane, control's health checks, lab]
 */
#include "head.h"

const struct field *
head_find(const struct head *head, struct text name)
{
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];

		if (text_is_nocase(
			head_text(head, field->name_at, field->name_len), name))
			return field;
	}
	return NULL;
}

const struct field *
head_find_id(const struct head *head, enum field_id id)
{
	const struct field *field = head->fields;

	if (!head_has(head, id))
		return NULL;
	while (field->id != id)
		field++;
	return field;
}

struct text
head_value(const struct head *head, const struct field *field)
{
	return head_text(head, field->value_at, field->value_len);
}

bool
method_is_idempotent(enum method method)
{
	switch (method) {
	case METHOD_DELETE:
	case METHOD_GET:
	case METHOD_HEAD:
	case METHOD_OPTIONS:
	case METHOD_PUT:
	case METHOD_TRACE:
		return true;
	default:
		return false;
	}
}
