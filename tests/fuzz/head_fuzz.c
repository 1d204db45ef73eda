/*
 * Heads of requests and answers: what is accepted does not depend on where it
 * was cut, llhttp reads it alike, and what is written from it is read again as
 * the same message.
 *
 * What begins like an answer is read as one.
 */
#include "fuzz.h"

#include <string.h>

#include "../http/second_reader.h"
#include "parser.h"

static const struct parser_limits limits = {400, 8, 100};

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	bool is_answer = size >= 4 && memcmp(bytes, "HTTP", 4) == 0;
	enum parser_kind kind = is_answer ? PARSER_RESPONSE : PARSER_REQUEST;
	struct parser *whole = parser_new(kind, &limits);
	struct parser *parts = parser_new(kind, &limits);
	size_t whole_used, parts_used, cut = fuzz_cut(data, size);
	enum parser_result result = parser_feed(
	    whole, bytes, size, &whole_used);

	MUST(read_in_two(parts, bytes, size, cut, &parts_used) == result);
	MUST(parser_status(whole) == parser_status(parts));
	if (result == PARSER_HEAD) {
		MUST(whole_used == parts_used);
		MUST(second_reader_agrees(
		    is_answer ? HTTP_RESPONSE : HTTP_REQUEST,
		    parser_head(whole)));
		if (parser_head(whole)->method != METHOD_CONNECT)
			must_write_well(whole, kind);
	}
	parser_free(whole);
	parser_free(parts);
	return 0;
}
