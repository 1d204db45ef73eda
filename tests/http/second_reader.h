/*
 * llhttp over a whole head, as a second opinion: a head that the parser accepts
 * llhttp accepts too, and finds the same names and values in the same places,
 * though the parser shows it only some of the lines.
 */
#ifndef SECOND_READER_H
#define SECOND_READER_H

#include <llhttp.h>
#include "head.h"

struct second_reader {
	const struct head *head;
	uint16_t names;
	bool agrees;
};

static inline bool
lies_at(const struct head *head, const char *at, size_t len, uint16_t its_at,
    uint16_t its_len)
{
	return at == head->bytes + its_at && len == its_len;
}

static inline int
second_name(llhttp_t *llhttp, const char *at, size_t len)
{
	struct second_reader *reader = llhttp->data;
	const struct head *head = reader->head;
	const struct field *field = &head->fields[reader->names];

	reader->agrees &= reader->names < head->field_count &&
			  lies_at(
			      head, at, len, field->name_at, field->name_len);
	reader->names++;
	return reader->agrees ? HPE_OK : HPE_USER;
}

/* White space behind a value is not part of it, which llhttp leaves to us. */
static inline int
second_value(llhttp_t *llhttp, const char *at, size_t len)
{
	struct second_reader *reader = llhttp->data;
	const struct head *head = reader->head;
	const struct field *field = &head->fields[reader->names - 1];

	while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	reader->agrees &= len == 0 ? field->value_len == 0
				   : lies_at(head, at, len, field->value_at,
					 field->value_len);
	return reader->agrees ? HPE_OK : HPE_USER;
}

static inline int
second_end(llhttp_t *llhttp)
{
	(void)llhttp;
	return HPE_PAUSED;
}

static inline bool
second_reader_agrees(llhttp_type_t type, const struct head *head)
{
	static const llhttp_settings_t settings = {
	    .on_header_field = second_name,
	    .on_header_value = second_value,
	    .on_headers_complete = second_end,
	};
	struct second_reader reader = {.head = head, .agrees = true};
	llhttp_t llhttp;

	llhttp_init(&llhttp, type, &settings);
	llhttp.data = &reader;
	return llhttp_execute(&llhttp, head->bytes, head->len) == HPE_PAUSED &&
	       llhttp_get_error_pos(&llhttp) == head->bytes + head->len &&
	       reader.agrees && reader.names == head->field_count;
}

#endif
