/* What src/http/body.h promises. */
#include "body.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct outcome {
	bool bad, done;
	const char *reason;
	size_t used, len;
	char payload[40000];
};

static struct body
chunked(void)
{
	struct head head = {.framing = FRAMING_CHUNKED};
	struct body body;

	body_start(&body, &head);
	return body;
}

/* Decodes a copy of its own, for a sanitizer to watch. */
static ssize_t
decode_copy(struct body *body, const char *data, size_t len, char *payload,
    size_t *used)
{
	char *copy = malloc(len);
	ssize_t n;

	memcpy(copy, data, len);
	n = body_decode(body, copy, len, used);
	assert_true(n <= (ssize_t)len && *used <= len);
	if (n > 0)
		memcpy(payload, copy, (size_t)n);
	free(copy);
	return n;
}

/* A first piece, then pieces of one size. */
static void
decode_pieces(
    struct outcome *outcome, struct text bytes, size_t first, size_t piece)
{
	struct body body = chunked();
	size_t at = 0, used, len = first;
	ssize_t n;

	memset(outcome, 0, sizeof(*outcome));
	while (at < bytes.len && !body.done && !outcome->bad) {
		if (len > bytes.len - at)
			len = bytes.len - at;
		n = decode_copy(&body, bytes.at + at, len,
		    outcome->payload + outcome->len, &used);
		outcome->bad = n == -1;
		if (n != -1)
			outcome->len += (size_t)n;
		at += used;
		len = piece;
	}
	outcome->used = at;
	outcome->done = body.done;
	outcome->reason = outcome->bad ? body_reason(&body) : "";
}

static void
assert_same(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->bad, b->bad);
	assert_int_equal(a->done, b->done);
	assert_string_equal(a->reason, b->reason);
	if (a->bad)
		return; /* payload before what is bad may be given or not */
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->payload, b->payload, a->len);
}

static void
decode_every_way(struct outcome *outcome, struct text bytes)
{
	static struct outcome other;

	decode_pieces(outcome, bytes, bytes.len, bytes.len);
	decode_pieces(&other, bytes, 1, 1);
	assert_same(outcome, &other);
	for (size_t cut = 1; cut < bytes.len; cut++) {
		decode_pieces(&other, bytes, cut, bytes.len);
		assert_same(outcome, &other);
	}
}

static void
good_chunks_give_their_payload_however_they_are_cut_up(void **state)
{
	static const struct {
		struct text bytes;
		const char *payload;
		size_t after; /* bytes behind the body */
	} rows[] = {
	    {TEXT("0\r\n\r\n"), "", 0},
	    {TEXT("0\r\n\r\nGET"), "", 3},
	    {TEXT("5\r\nhello\r\n0\r\n\r\nGET"), "hello", 3},
	    {TEXT("1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n"), "abcdef", 0},
	    {TEXT("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"),
		"01234567890123456789a", 0},
	    {TEXT("0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n"), "abc",
		0},
	    {TEXT("2\r\n\r\n\r\n0\r\n\r\n"), "\r\n", 0},
	    {TEXT("3;a=b;c=\"d;e\"\tf\r\nabc\r\n0;x\r\n\r\n"), "abc", 0},
	    {TEXT("3;\r\nabc\r\n0\r\n\r\n"), "abc", 0},
	    {TEXT("3\r\nabc\r\n0\r\nA: b\r\nC-d:\r\n\r\nX"), "abc", 1},
	};
	static struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		decode_every_way(&outcome, rows[i].bytes);
		assert_false(outcome.bad);
		assert_true(outcome.done);
		assert_string_equal(outcome.payload, rows[i].payload);
		assert_int_equal(
		    outcome.used, rows[i].bytes.len - rows[i].after);
	}
}

static void
bad_chunk_framing_is_refused_at_its_first_bad_byte(void **state)
{
	static const char size[] = "chunk size is not hexadecimal";
	static const char line[] = "bad character after a chunk size";
	static const char end[] = "no CRLF after chunk data";
	static const struct {
		struct text bytes;
		const char *reason;
	} rows[] = {
	    {TEXT("\r"), size},
	    {TEXT(" "), size},
	    {TEXT("g"), size},
	    {TEXT("-"), size},
	    {TEXT("+"), size},
	    {TEXT(";"), size},
	    {TEXT("\0"), size},
	    {TEXT("0x"), line},
	    {TEXT("5 "), line},
	    {TEXT("5\t"), line},
	    {TEXT("5\n"), line},
	    {TEXT("5_"), line},
	    {TEXT("5,"), line},
	    {TEXT("5\rh"), line},
	    {TEXT("5\r\r"), line},
	    {TEXT("5;a\n"), line},
	    {TEXT("5;a\rb"), line},
	    {TEXT("5;a\0"), line},
	    {TEXT("5;a\x7f"), line},
	    {TEXT("00000000000000005"), "chunk size has more than 16 digits"},
	    {TEXT("10000000000000000"), "chunk size has more than 16 digits"},
	    {TEXT("3\r\nabcd"), end},
	    {TEXT("3\r\nabc\n"), end},
	    {TEXT("3\r\nabc\rX"), end},
	    {TEXT("3\r\nabc0"), end},
	    {TEXT("0\r\n\n"), "bad trailer"},
	    {TEXT("0\r\n\rX"), "bad trailer"},
	    {TEXT("0\r\n\0"), "bad trailer"},
	    {TEXT("0\r\n:"), "bad trailer"},
	    {TEXT("0\r\n A"), "bad trailer"},
	    {TEXT("0\r\nA "), "bad trailer"},
	    {TEXT("0\r\nGET / HTTP/1.1\r\n"), "bad trailer"},
	    {TEXT("0\r\nA\r"), "bad trailer"},
	    {TEXT("0\r\nA: b\n"), "bad trailer"},
	    {TEXT("0\r\nA: b\rc"), "bad trailer"},
	    {TEXT("0\r\nA: b\r\n c"), "bad trailer"},
	    {TEXT("0\r\nA: \0"), "bad trailer"},
	};
	static struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		decode_every_way(&outcome, rows[i].bytes);
		assert_true(outcome.bad);
		assert_string_equal(outcome.reason, rows[i].reason);
	}
}

/* CVE-2024-22019: llhttp read a chunk extension without end. */
static void
extensions_and_trailers_are_bounded(void **state)
{
	static char bytes[20000];
	static struct outcome outcome;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, "1;", 2);
	decode_pieces(&outcome, (struct text){bytes, 1026}, 9, 9);
	assert_false(outcome.bad);
	decode_pieces(&outcome, (struct text){bytes, sizeof(bytes)}, 9, 9);
	assert_string_equal(outcome.reason, "chunk extension is too long");
	memcpy(bytes, "0\r\nA: ", 6);
	decode_pieces(&outcome, (struct text){bytes, 8000}, 9, 9);
	assert_false(outcome.bad);
	decode_pieces(&outcome, (struct text){bytes, sizeof(bytes)}, 9, 9);
	assert_string_equal(outcome.reason, "trailers are too long");
	for (size_t at = 3; at + 6 < sizeof(bytes); at += 6)
		memcpy(bytes + at, "A: b\r\n", 6);
	decode_pieces(&outcome, (struct text){bytes, sizeof(bytes)}, 9, 9);
	assert_string_equal(outcome.reason, "trailers are too long");
}

static void
the_largest_chunk_size_does_not_overflow(void **state)
{
	static struct outcome outcome;
	struct text bytes = TEXT("ffffffffffffffff\r\nabc");

	(void)state;
	decode_every_way(&outcome, bytes);
	assert_false(outcome.bad || outcome.done);
	assert_string_equal(outcome.payload, "abc");
}

static void
a_length_is_counted_and_what_follows_left_alone(void **state)
{
	struct head head = {.framing = FRAMING_LENGTH, .content_length = 5};
	struct body body;
	char data[] = "helloGET";
	size_t used;

	(void)state;
	body_start(&body, &head);
	assert_int_equal(body_decode(&body, data, 2, &used), 2);
	assert_int_equal(used, 2);
	assert_false(body.done);
	assert_int_equal(body_decode(&body, data + 2, 6, &used), 3);
	assert_int_equal(used, 3);
	assert_true(body.done);
	assert_int_equal(body_decode(&body, data + 5, 3, &used), 0);
	assert_int_equal(used, 0);
}

static void
a_body_that_is_not_there_is_done_at_once(void **state)
{
	struct head head = {.framing = FRAMING_NONE, .content_length = 5};
	struct body body;
	char data[] = "GET";
	size_t used;

	(void)state;
	body_start(&body, &head);
	assert_true(body.done);
	assert_int_equal(body_decode(&body, data, 3, &used), 0);
	assert_int_equal(used, 0);
	assert_true(body_end(&body));
}

static void
only_a_body_that_ends_with_the_connection_may_be_cut(void **state)
{
	struct head head = {.framing = FRAMING_TO_CLOSE};
	struct body body;
	char data[] = "hello";
	size_t used;

	(void)state;
	body_start(&body, &head);
	assert_int_equal(body_decode(&body, data, 5, &used), 5);
	assert_int_equal(used, 5);
	assert_false(body.done);
	assert_true(body_end(&body));
	assert_true(body.done);
	body = chunked();
	body_decode(&body, (char[]){"0\r\n\r"}, 4, &used);
	assert_false(body_end(&body));
	assert_string_equal(body_reason(&body), "body ended too early");
	head = (struct head){.framing = FRAMING_LENGTH, .content_length = 1};
	body_start(&body, &head);
	assert_false(body_end(&body));
}

/* With one move of the rest per chunk this would take minutes. */
static void
a_body_of_tiny_chunks_is_decoded_in_one_pass(void **state)
{
	size_t chunks = 4u << 20, used;
	char *data = malloc(chunks * 6);
	struct body body = chunked();

	(void)state;
	for (size_t i = 0; i < chunks; i++)
		memcpy(data + i * 6, "1\r\na\r\n", 6);
	assert_int_equal(body_decode(&body, data, chunks * 6, &used), chunks);
	assert_int_equal(used, chunks * 6);
	for (size_t i = 0; i < chunks; i++)
		assert_true(data[i] == 'a');
	free(data);
}

static void
a_chunk_line_is_read_back_as_its_size(void **state)
{
	static const size_t sizes[] = {1, 15, 16, 0xabcdef, SIZE_MAX};
	char line[CHUNK_LINE_MAX];
	size_t used, len;

	(void)state;
	assert_int_equal(chunk_line(line, 0), 3);
	assert_memory_equal(line, "0\r\n", 3);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct body body = chunked();

		len = chunk_line(line, sizes[i]);
		assert_in_range(len, 3, CHUNK_LINE_MAX);
		assert_int_equal(body_decode(&body, line, len, &used), 0);
		assert_true(body.left == sizes[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		good_chunks_give_their_payload_however_they_are_cut_up),
	    cmocka_unit_test(
		bad_chunk_framing_is_refused_at_its_first_bad_byte),
	    cmocka_unit_test(extensions_and_trailers_are_bounded),
	    cmocka_unit_test(the_largest_chunk_size_does_not_overflow),
	    cmocka_unit_test(a_length_is_counted_and_what_follows_left_alone),
	    cmocka_unit_test(a_body_that_is_not_there_is_done_at_once),
	    cmocka_unit_test(
		only_a_body_that_ends_with_the_connection_may_be_cut),
	    cmocka_unit_test(a_body_of_tiny_chunks_is_decoded_in_one_pass),
	    cmocka_unit_test(a_chunk_line_is_read_back_as_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
