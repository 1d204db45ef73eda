/* Heads and bodies made by chance, from a fixed seed: what the parser accepts
 * does not depend on how it was cut up, llhttp reads it alike, and what is
 * written from it is read again as the same message. */
#include "feeding.h"
#include "body.h"
#include "second_reader.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 20000

static uint64_t random_state;

static unsigned
chance(unsigned below)
{
	random_state = random_state * 6364136223846793005u +
		       1442695040888963407u;
	return (unsigned)(random_state >> 33) % below;
}

/* What heads are made of, and what breaks them. */
static const struct text pieces[] = {TEXT("GET "), TEXT("POST "), TEXT("/"),
    TEXT("/run/f"), TEXT("?q=1"), TEXT("http://h:1/p"), TEXT("*"),
    TEXT(" HTTP/1.1\r\n"), TEXT(" HTTP/1.0\r\n"), TEXT("HTTP/1.1 200 OK\r\n"),
    TEXT("HTTP/1.1 304 \r\n"), TEXT("Host: a\r\n"), TEXT("Host:b:80\r\n"),
    TEXT("Content-Length: 5\r\n"), TEXT("Content-Length: 0\r\n"),
    TEXT("Content-Length:"), TEXT("Transfer-Encoding: chunked\r\n"),
    TEXT("Transfer-Encoding:"), TEXT("chunked"), TEXT("Connection: "),
    TEXT("close"), TEXT("keep-alive"), TEXT("upgrade"), TEXT(", "), TEXT("x-a"),
    TEXT("X-A: 1\r\n"), TEXT("Upgrade: w\r\n"),
    TEXT("Expect: 100-continue\r\n"), TEXT("Via: 1.1 x\r\n"),
    TEXT("X-Forwarded-For: 1.2.3.4\r\n"), TEXT("A:\r\n"), TEXT(":"), TEXT(" "),
    TEXT("\t"), TEXT("\r\n"), TEXT("\r"), TEXT("\n"), TEXT("\0"), TEXT("\x7f"),
    TEXT("\x80"), TEXT("#"), TEXT("0"), TEXT("9"), TEXT(";"), TEXT("a\r\n"),
    TEXT("0\r\n"), TEXT("5\r\nhello\r\n"), TEXT("f")};

static const struct text seeds[] = {
    TEXT("GET /run/f?q HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"),
    TEXT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
    TEXT("POST http://b/ HTTP/1.0\r\nhost:\r\nConnection: x-a\r\n"
	 "X-A: 1\r\nX-Forwarded-For: 1\r\n\r\n"),
    TEXT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
    TEXT("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b \r\n\r\n"),
    TEXT("HTTP/1.1 101\r\nConnection: upgrade\r\nUpgrade: w\r\n\r\n"),
    TEXT("5;x=y\r\nhello\r\n00\r\nA: b\r\n\r\n")};

/* Puts a piece into the bytes, over some of them; or changes or drops one. */
static size_t
mutate(char *bytes, size_t len)
{
	struct text piece = pieces[chance(COUNT(pieces))];
	size_t at = chance((unsigned)len + 1);
	size_t over = chance(3) == 0 ? chance(12) : 0;

	if (over > len - at)
		over = len - at;
	if (chance(4) == 0)
		piece.len = 0;
	memmove(bytes + at + piece.len, bytes + at + over, len - at - over);
	memcpy(bytes + at, piece.at, piece.len);
	return len + piece.len - over;
}

static struct text
random_bytes(void)
{
	static char bytes[4096];
	struct text seed = seeds[chance(COUNT(seeds))];
	size_t len = seed.len;
	unsigned changes = chance(5);

	memcpy(bytes, seed.at, len);
	if (chance(8) == 0) { /* nothing but pieces */
		len = 0;
		changes = chance(16);
	}
	while (changes-- > 0)
		len = mutate(bytes, len);
	return (struct text){bytes, len};
}

/* What goes out is a good head, with this framing and these fields. */
static void
assert_written_head_is_read_again(const struct feeding *feeding,
    const struct head *head, const struct rewrite *rewrite)
{
	struct parser *parser = parser_new(feeding->kind, &usual_limits);
	const struct head *again = parser_head(parser);
	char out[8192];
	size_t len, used;

	len = feeding->kind == PARSER_REQUEST
		  ? head_write_request(head, rewrite, out, sizeof(out))
		  : head_write_response(head, rewrite, out, sizeof(out));
	assert_true(len > 0 &&
		    len <= head->len + rewrite->path.len + rewrite->query.len +
			       rewrite->client.len + HEAD_WRITE_EXTRA);
	parser_expect(parser, feeding->asked);
	assert_int_equal(feed_copy(parser, out, len, &used), PARSER_HEAD);
	assert_int_equal(used, len);
	assert_int_equal(again->framing, head->framing);
	assert_true(again->content_length == head->content_length ||
		    again->framing == FRAMING_NONE);
	assert_int_equal(again->status, head->status);
	assert_true(text_is(head_method(again), head_method(head)));
	assert_true(text_is(head_host(again), head_host(head)));
	for (uint16_t i = 0; i < head->field_count; i++) {
		const struct field *field = &head->fields[i];
		struct text name = head_text(
		    head, field->name_at, field->name_len);

		if (field->id == FIELD_OTHER)
			assert_true((head_find(again, name) == NULL) ==
				    field->hop_by_hop);
	}
	parser_free(parser);
}

static void
read_and_write(const struct feeding *feeding, struct text bytes)
{
	struct parser *parser = parser_new(feeding->kind, &feeding->limits);
	const struct head *head = parser_head(parser);
	size_t used;

	parser_expect(parser, feeding->asked);
	if (feed_copy(parser, bytes.at, bytes.len, &used) != PARSER_HEAD) {
		parser_free(parser);
		return;
	}
	assert_true(second_reader_agrees(
	    feeding->kind == PARSER_REQUEST ? HTTP_REQUEST : HTTP_RESPONSE,
	    head));
	if (head->method != METHOD_CONNECT) {
		struct rewrite rewrite = {.path = head_path(head),
		    .query = head_query(head),
		    .client = TEXT("10.0.0.1"),
		    .framing = head->framing,
		    .content_length = head->content_length,
		    .upgrade = head->upgrade,
		    .minor = head->minor,
		    .keep_alive = head->keep_alive};

		assert_written_head_is_read_again(feeding, head, &rewrite);
	}
	parser_free(parser);
}

static void
fuzz_heads(const struct feeding *feeding)
{
	static struct outcome whole, cut;

	random_state = 1;
	for (int i = 0; i < ROUNDS; i++) {
		struct text bytes = random_bytes();
		size_t first = 1 + chance((unsigned)bytes.len + 1);

		feed_pieces(&whole, feeding, bytes, bytes.len, 1);
		feed_pieces(&cut, feeding, bytes, first, 1 + chance(9));
		assert_same_outcome(&whole, &cut);
		read_and_write(feeding, bytes);
	}
}

static void
random_requests_are_read_alike_and_written_right(void **state)
{
	static const struct feeding usual = {
	    PARSER_REQUEST, METHOD_GET, {32768, 100, 8192}};
	static const struct feeding tight = {
	    PARSER_REQUEST, METHOD_GET, {70, 3, 9}};

	(void)state;
	fuzz_heads(&usual);
	fuzz_heads(&tight);
}

static void
random_responses_are_read_alike_and_written_right(void **state)
{
	static const struct feeding to_get = {
	    PARSER_RESPONSE, METHOD_GET, {32768, 100, 8192}};
	static const struct feeding to_head = {
	    PARSER_RESPONSE, METHOD_HEAD, {32768, 100, 8192}};

	(void)state;
	fuzz_heads(&to_get);
	fuzz_heads(&to_head);
}

/* The payload as bytes that arrive in pieces of at most this size give it. */
static bool
decode(struct text bytes, size_t piece, char *payload, size_t *len)
{
	struct head head = {.framing = FRAMING_CHUNKED};
	struct body body;
	size_t at = 0, used;
	ssize_t n;

	*len = 0;
	for (body_start(&body, &head); at < bytes.len && !body.done;
	     at += used) {
		size_t part = chance((unsigned)piece) + 1;

		if (part > bytes.len - at)
			part = bytes.len - at;
		memcpy(payload + *len, bytes.at + at, part);
		n = body_decode(&body, payload + *len, part, &used);
		if (n == -1)
			return false;
		*len += (size_t)n;
	}
	return body.done;
}

static void
random_chunks_are_decoded_alike(void **state)
{
	static char whole[8192], cut[8192];
	size_t whole_len, cut_len;

	(void)state;
	random_state = 2;
	for (int i = 0; i < ROUNDS * 4; i++) {
		struct text bytes = random_bytes();
		bool good = decode(bytes, 100000, whole, &whole_len);

		assert_int_equal(decode(bytes, 3, cut, &cut_len), good);
		if (!good)
			continue;
		assert_int_equal(cut_len, whole_len);
		assert_memory_equal(cut, whole, whole_len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_requests_are_read_alike_and_written_right),
	    cmocka_unit_test(random_responses_are_read_alike_and_written_right),
	    cmocka_unit_test(random_chunks_are_decoded_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
