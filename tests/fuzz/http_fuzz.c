/*
 * A fuzzer for heads and chunked bodies, for clang's libFuzzer, run by hand:
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE \
 *         -Isrc/base -Isrc/http -I/usr/share/include/llhttp \
 *         tests/fuzz/http_fuzz.c src/http/[a-z]*.c src/base/xmalloc.c \
 *         src/base/log.c src/base/clock.c /usr/share/llhttp/[a-z]*.c
 *     ./a.out -max_len=600 -max_total_time=600
 *
 * The first byte chooses what is read and where it is cut in two.
 */
#include <stdlib.h>
#include "body.h"
#include "parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct parser_limits limits = {400, 8, 100};

#define MUST(true_here)                                                        \
	do {                                                                   \
		if (!(true_here))                                              \
			abort();                                               \
	} while (0)

static enum parser_result
read_in_two(struct parser *parser, const char *data, size_t len, size_t cut,
    size_t *used)
{
	enum parser_result result = parser_feed(parser, data, cut, used);

	if (result == PARSER_MORE) {
		MUST(*used == cut);
		result = parser_feed(parser, data + cut, len - cut, used);
		*used += cut;
	}
	return result;
}

static void
must_write_well(const struct parser *parser, enum parser_kind kind)
{
	static const struct parser_limits loose = {4096, 20, 400};
	const struct head *head = parser_head(parser);
	struct parser *again = parser_new(kind, &loose);
	struct rewrite rewrite = {.path = head_path(head),
	    .query = head_query(head),
	    .client = TEXT("::1"),
	    .framing = head->framing,
	    .content_length = head->content_length,
	    .upgrade = head->upgrade,
	    .minor = head->minor,
	    .keep_alive = head->keep_alive};
	char out[1200];
	size_t used, len;

	len = kind == PARSER_REQUEST
		  ? head_write_request(head, &rewrite, out, sizeof(out))
		  : head_write_response(head, &rewrite, out, sizeof(out));
	MUST(len > 0);
	MUST(parser_feed(again, out, len, &used) == PARSER_HEAD);
	MUST(used == len);
	MUST(parser_head(again)->framing == head->framing);
	parser_free(again);
}

static void
read_head(enum parser_kind kind, const char *data, size_t len, size_t cut)
{
	struct parser *whole = parser_new(kind, &limits);
	struct parser *parts = parser_new(kind, &limits);
	size_t whole_used, parts_used;
	enum parser_result result = parser_feed(whole, data, len, &whole_used);

	MUST(read_in_two(parts, data, len, cut, &parts_used) == result);
	MUST(parser_status(whole) == parser_status(parts));
	if (result == PARSER_HEAD) {
		MUST(whole_used == parts_used);
		if (parser_head(whole)->method != METHOD_CONNECT)
			must_write_well(whole, kind);
	}
	parser_free(whole);
	parser_free(parts);
}

static void
read_chunks(const char *data, size_t len, size_t cut)
{
	struct head head = {.framing = FRAMING_CHUNKED};
	struct body whole, parts;
	char *one = malloc(len + 1), *two = malloc(len + 1);
	size_t used, used_after = 0;
	ssize_t n, m, rest = 0;

	memcpy(one, data, len);
	memcpy(two, data, len);
	body_start(&whole, &head);
	body_start(&parts, &head);
	n = body_decode(&whole, one, len, &used);
	m = body_decode(&parts, two, cut, &used_after);
	if (m >= 0 && !parts.done) {
		rest = body_decode(&parts, two + cut, len - cut, &used_after);
		used_after += cut;
	}
	MUST((n == -1) == (m == -1 || rest == -1));
	if (n >= 0) {
		MUST(n == m + rest && used == used_after);
		MUST(memcmp(one, two, (size_t)m) == 0);
		MUST(memcmp(one + m, two + cut, (size_t)rest) == 0);
	}
	free(one);
	free(two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;
	size_t cut;

	if (size < 2)
		return 0;
	cut = (data[0] / 3u) % size;
	if (data[0] % 3 == 0)
		read_head(PARSER_REQUEST, bytes, size - 1, cut);
	else if (data[0] % 3 == 1)
		read_head(PARSER_RESPONSE, bytes, size - 1, cut);
	else
		read_chunks(bytes, size - 1, cut);
	return 0;
}
