/*
 * Feeds a head to a parser in every way it can arrive, for tests.
 *
 * The bytes are copied to a block of their own size for each feed, so that a
 * sanitizer sees a byte read too many.
 */
#ifndef FEEDING_H
#define FEEDING_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include "parser.h"

/* What came of it; `written` has all that a head says. */
struct outcome {
	enum parser_result result;
	int status;
	const char *reason;
	size_t used;
	char written[70000];
};

struct feeding {
	enum parser_kind kind;
	enum method asked;
	struct parser_limits limits;
};

static const struct parser_limits usual_limits = {32768, 100, 8192};

static inline void
print_text(FILE *out, struct text text)
{
	fprintf(out, "%.*s|", (int)text.len, text.at);
}

static inline void
print_head(FILE *out, const struct head *head)
{
	static const char *const framings[] = {
	    "none", "length", "chunked", "to-close"};

	if (head->status != 0) {
		fprintf(out, "%d|", head->status);
		print_text(
		    out, head_text(head, head->reason_at, head->reason_len));
	} else {
		print_text(out, head_method(head));
		print_text(out, head_path(head));
		print_text(out, head_query(head));
		print_text(out, head_host(head));
	}
	fprintf(out, "1.%d|%s|%s %llu", head->minor,
	    head->keep_alive ? "keep" : "close", framings[head->framing],
	    (unsigned long long)head->content_length);
	fputs(head->upgrade ? "|upgrade" : "", out);
	fputs(head->expects_continue ? "|continue" : "", out);
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];

		fprintf(out, "|%.*s=%.*s%s", field->name_len,
		    head->bytes + field->name_at, field->value_len,
		    head->bytes + field->value_at,
		    field->hop_by_hop ? "(hop)" : "");
	}
}

static inline enum parser_result
feed_copy(struct parser *parser, const char *data, size_t len, size_t *used)
{
	char *copy = malloc(len);
	enum parser_result result;

	memcpy(copy, data, len);
	result = parser_feed(parser, copy, len, used);
	free(copy);
	return result;
}

static inline void
take_outcome(
    struct outcome *outcome, struct parser *parser, enum parser_result result)
{
	memset(outcome->written, 0, sizeof(outcome->written));
	outcome->result = result;
	outcome->status = result == PARSER_FAILED ? parser_status(parser) : 0;
	outcome->reason = result == PARSER_FAILED ? parser_reason(parser) : "";
	if (result == PARSER_HEAD) {
		FILE *out = fmemopen(
		    outcome->written, sizeof(outcome->written), "w");

		print_head(out, parser_head(parser));
		fclose(out);
	}
}

/* A first piece, then pieces of one size. */
static inline void
feed_pieces(struct outcome *outcome, const struct feeding *feeding,
    struct text bytes, size_t first, size_t piece)
{
	struct parser *parser = parser_new(feeding->kind, &feeding->limits);
	enum parser_result result = PARSER_MORE;
	size_t at = 0, used, len = first;

	parser_expect(parser, feeding->asked);
	while (at < bytes.len && result == PARSER_MORE) {
		if (len > bytes.len - at)
			len = bytes.len - at;
		result = feed_copy(parser, bytes.at + at, len, &used);
		assert_true(used <= len);
		if (result == PARSER_MORE)
			assert_int_equal(used, len);
		at += used;
		len = piece;
	}
	outcome->used = at;
	take_outcome(outcome, parser, result);
	parser_free(parser);
}

static inline void
assert_same_outcome(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->status, b->status);
	assert_string_equal(a->reason, b->reason);
	if (a->result == PARSER_HEAD)
		assert_int_equal(a->used, b->used);
	assert_string_equal(a->written, b->written);
}

/* Whole, byte by byte, and cut in two at every place: always the same. */
static inline void
feed_every_way(
    struct outcome *outcome, const struct feeding *feeding, struct text bytes)
{
	struct outcome other;
	size_t step = bytes.len > 2000 ? 97 : 1;

	feed_pieces(outcome, feeding, bytes, bytes.len, bytes.len);
	feed_pieces(&other, feeding, bytes, 1, 1);
	assert_same_outcome(outcome, &other);
	for (size_t cut = 1; cut < bytes.len; cut += step) {
		feed_pieces(&other, feeding, bytes, cut, bytes.len);
		assert_same_outcome(outcome, &other);
	}
}

#endif
