/* What src/http/head.h promises about heads that are passed on. */
#include "feeding.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST "GET /in HTTP/1.1\r\nHost: a:80\r\n"
#define FORWARDED                                                              \
	"X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: http\r\n"             \
	"X-Forwarded-Host: a:80\r\n"
#define VIA "Via: 1.1 picket\r\n"

struct row {
	struct text in;
	struct rewrite rewrite;
	const char *out;
};

static const struct rewrite plain = {.path = TEXT("/out"),
    .query = TEXT("?q"),
    .client = TEXT("10.0.0.1"),
    .keep_alive = true,
    .minor = 1};

/* Reads a head, writes it into just enough bytes, and compares. */
static void
check(enum parser_kind kind, struct text in, const struct rewrite *rewrite,
    const char *expected)
{
	struct parser *parser = parser_new(kind, &usual_limits);
	const struct head *head = parser_head(parser);
	size_t used, size, len;
	char *out;

	assert_int_equal(
	    parser_feed(parser, in.at, in.len, &used), PARSER_HEAD);
	size = head->len - head->path_len - head->query_len +
	       rewrite->path.len + rewrite->query.len + rewrite->client.len +
	       rewrite->request_id.len + HEAD_WRITE_EXTRA;
	out = malloc(size + 1);
	len = (kind == PARSER_REQUEST
		   ? head_write_request
		   : head_write_response)(head, rewrite, out, size);
	assert_in_range(len, 1, size);
	out[len] = '\0';
	assert_string_equal(out, expected);
	free(out);
	parser_free(parser);
}

static void
a_request_is_written_anew(void **state)
{
	(void)state;
	check(PARSER_REQUEST,
	    TEXT("GET http://b:8/in HTTP/1.0\r\nA:1\r\nExpect: e\r\nhost: "
		 "x\r\nb:   2  \r\n"
		 "A: \t3\r\nC:\r\n\r\n"),
	    &plain,
	    "GET /out?q HTTP/1.1\r\nHost: b:8\r\nA:1\r\nb: 2\r\nA: 3\r\nC:\r\n"
	    "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: http\r\n"
	    "X-Forwarded-Host: b:8\r\nVia: 1.0 picket\r\n\r\n");
}

static void
white_space_around_a_value_becomes_one_space_or_none(void **state)
{
	(void)state;
	check(PARSER_REQUEST,
	    TEXT(FIRST "A:b\r\nA: b\r\nA: b \t\r\nA:\tb\r\nA:b\t\r\n"
		       "A:  b  \r\nA: \r\nA:\t\r\nA:  \r\nA:\r\n\r\n"),
	    &plain,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "A:b\r\nA: b\r\nA: b\r\nA: b\r\nA:b\r\n"
	    "A: b\r\nA: \r\nA: \r\nA: \r\nA:\r\n" FORWARDED VIA "\r\n");
}

/* They are copied by blocks: of which length they are must not show. */
static void
texts_of_every_length_are_written_whole(void **state)
{
	char in[512], out[512], value[80];

	(void)state;
	for (size_t len = 1; len < sizeof(value); len++) {
		for (size_t i = 0; i < len; i++)
			value[i] = (char)('a' + i % 26);
		value[len] = '\0';
		snprintf(in, sizeof(in),
		    "HTTP/1.1 200 %s\r\nA:  %s\r\n%s: x\r\n\r\n", value, value,
		    value);
		snprintf(out, sizeof(out),
		    "HTTP/1.1 200 %s\r\nA: %s\r\n%s: x\r\n" VIA "\r\n", value,
		    value, value);
		check(PARSER_RESPONSE, (struct text){in, strlen(in)}, &plain,
		    out);
	}
}

static void
a_request_without_a_host_gets_an_empty_one(void **state)
{
	(void)state;
	check(PARSER_REQUEST, TEXT("GET / HTTP/1.0\r\n\r\n"), &plain,
	    "GET /out?q HTTP/1.1\r\nHost: \r\nX-Forwarded-For: 10.0.0.1\r\n"
	    "X-Forwarded-Proto: http\r\nVia: 1.0 picket\r\n\r\n");
}

static void
what_concerns_one_connection_is_not_passed_on(void **state)
{
	(void)state;
	check(PARSER_REQUEST,
	    TEXT(FIRST "Connection: close, x-mine, host\r\nX-Mine: 1\r\n"
		       "Keep-Alive: timeout=5\r\nProxy-Connection: x\r\n"
		       "TE: trailers\r\nTrailer: X\r\nUpgrade: x\r\n"
		       "Proxy-Authorization: secret\r\nX-Yours: 2\r\n"
		       "Proxy-Authenticate: x\r\n\r\n"),
	    &plain,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\nX-Yours: 2\r\n" FORWARDED VIA
	    "\r\n");
	check(PARSER_RESPONSE,
	    TEXT("HTTP/1.1 204 Nothing\r\nConnection: close, x-mine\r\n"
		 "X-Mine: 1\r\nKeep-Alive: x\r\nTrailer: X\r\nUpgrade: x\r\n"
		 "X-Yours: 2\r\n\r\n"),
	    &plain, "HTTP/1.1 204 Nothing\r\nX-Yours: 2\r\n" VIA "\r\n");
}

static void
who_forwarded_is_appended_and_how_is_kept(void **state)
{
	struct rewrite nobody = plain;

	(void)state;
	check(PARSER_REQUEST,
	    TEXT(FIRST "X-Forwarded-For: 1.1.1.1\r\n"
		       "X-Forwarded-Proto: https\r\nVia: 1.1 front\r\n"
		       "x-forwarded-for: 2.2.2.2, 3.3.3.3\r\n"
		       "X-Forwarded-For:\r\nX-Forwarded-Host: h\r\n\r\n"),
	    &plain,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\nX-Forwarded-Proto: https\r\n"
	    "Via: 1.1 front\r\nX-Forwarded-Host: h\r\n"
	    "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.1\r\n" VIA
	    "\r\n");
	nobody.client.len = 0;
	check(PARSER_REQUEST, TEXT(FIRST "X-Forwarded-For: 1.1.1.1\r\n\r\n"),
	    &nobody,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: http\r\n"
	    "X-Forwarded-Host: a:80\r\n" VIA "\r\n");
	check(PARSER_REQUEST, TEXT(FIRST "X-Forwarded-For:\r\n\r\n"), &nobody,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\nX-Forwarded-Proto: http\r\n"
	    "X-Forwarded-Host: a:80\r\n" VIA "\r\n");
}

static void
a_request_id_is_passed_on_or_set(void **state)
{
	struct rewrite made = plain;

	(void)state;
	check(PARSER_REQUEST, TEXT(FIRST "X-Request-Id: theirs\r\n\r\n"),
	    &plain,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "X-Request-Id: theirs\r\n" FORWARDED VIA "\r\n");
	made.request_id = TEXT("ours");
	check(PARSER_REQUEST, TEXT(FIRST "X-Request-Id: theirs\r\n\r\n"), &made,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n" FORWARDED
	    "X-Request-Id: ours\r\n" VIA "\r\n");
}

static void
a_request_is_framed_as_it_goes_out(void **state)
{
	struct rewrite rewrite = plain;
	struct text chunked = TEXT(
	    FIRST "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
		  "\r\n");

	(void)state;
	rewrite.framing = FRAMING_CHUNKED;
	check(PARSER_REQUEST, chunked, &rewrite,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\nExpect: 100-continue\r\n"
	    "Transfer-Encoding: chunked\r\n" FORWARDED VIA "\r\n");
	rewrite.framing = FRAMING_LENGTH;
	rewrite.content_length = UINT64_MAX;
	rewrite.drop_expect = true;
	check(PARSER_REQUEST, chunked, &rewrite,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "Content-Length: 18446744073709551615\r\n" FORWARDED VIA "\r\n");
	rewrite.content_length = 0;
	check(PARSER_REQUEST, chunked, &rewrite,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "Content-Length: 0\r\n" FORWARDED VIA "\r\n");
	check(PARSER_REQUEST, TEXT(FIRST "Content-Length: 00\r\n\r\n"), &plain,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "Content-Length: 0\r\n" FORWARDED VIA "\r\n");
}

static void
an_upgrade_is_passed_on_when_asked_to(void **state)
{
	struct rewrite rewrite = plain;

	(void)state;
	rewrite.upgrade = true;
	check(PARSER_REQUEST,
	    TEXT(FIRST "Connection: keep-alive, Upgrade\r\nUpgrade: ws\r\n"
		       "Sec-WebSocket-Key: k\r\n\r\n"),
	    &rewrite,
	    "GET /out?q HTTP/1.1\r\nHost: a:80\r\n"
	    "Sec-WebSocket-Key: k\r\n" FORWARDED "Connection: upgrade\r\n"
	    "Upgrade: ws\r\n" VIA "\r\n");
	check(PARSER_RESPONSE,
	    TEXT("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: ws\r\n"
		 "Sec-WebSocket-Accept: k\r\n\r\n"),
	    &rewrite,
	    "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: k\r\n"
	    "Connection: upgrade\r\nUpgrade: ws\r\n\r\n");
}

static void
a_response_says_what_its_client_must_know(void **state)
{
#define OK "HTTP/1.1 200 OK\r\n"
	static const struct row rows[] = {
	    {TEXT("HTTP/1.0 200\r\nA: b\r\nContent-Length: 01\r\n\r\n"),
		{.framing = FRAMING_LENGTH,
		    .content_length = 1,
		    .minor = 1,
		    .keep_alive = true},
		OK "A: b\r\nContent-Length: 1\r\nVia: 1.0 picket\r\n\r\n"},
	    {TEXT(OK "Transfer-Encoding: chunked\r\n\r\n"),
		{.framing = FRAMING_CHUNKED, .minor = 1, .keep_alive = true},
		OK "Transfer-Encoding: chunked\r\n" VIA "\r\n"},
	    {TEXT(OK "Transfer-Encoding: chunked\r\n\r\n"),
		{.framing = FRAMING_TO_CLOSE, .minor = 0},
		OK "Connection: close\r\n" VIA "\r\n"},
	    {TEXT(OK "Content-Length: 0\r\n\r\n"),
		{.framing = FRAMING_NONE, .minor = 0, .keep_alive = true},
		OK "Content-Length: 0\r\nConnection: keep-alive\r\n" VIA
		   "\r\n"},
	    {TEXT("HTTP/1.1 299\r\nContent-Length: 0\r\n\r\n"),
		{.framing = FRAMING_NONE, .minor = 1, .keep_alive = true},
		"HTTP/1.1 299 \r\nContent-Length: 0\r\n" VIA "\r\n"},
	    {TEXT("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
		{.framing = FRAMING_NONE,
		    .keep_content_length = true,
		    .minor = 1,
		    .keep_alive = true},
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n" VIA
		"\r\n"},
	    {TEXT("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
		{.framing = FRAMING_NONE,
		    .keep_content_length = true,
		    .minor = 1,
		    .keep_alive = true},
		"HTTP/1.1 204 No Content\r\n" VIA "\r\n"},
	    {TEXT("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
		{.framing = FRAMING_NONE, .minor = 1},
		"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(
		    PARSER_RESPONSE, rows[i].in, &rows[i].rewrite, rows[i].out);
}

static void
a_buffer_that_may_be_too_small_is_not_written_to(void **state)
{
	struct parser *parser = parser_new(PARSER_REQUEST, &usual_limits);
	struct text in = TEXT(FIRST "\r\n");
	char out[64] = "";
	size_t used;

	(void)state;
	parser_feed(parser, in.at, in.len, &used);
	assert_int_equal(
	    head_write_request(parser_head(parser), &plain, out, 64), 0);
	assert_int_equal(
	    head_write_response(parser_head(parser), &plain, out, 64), 0);
	assert_string_equal(out, "");
	parser_free(parser);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_is_written_anew),
	    cmocka_unit_test(
		white_space_around_a_value_becomes_one_space_or_none),
	    cmocka_unit_test(texts_of_every_length_are_written_whole),
	    cmocka_unit_test(a_request_without_a_host_gets_an_empty_one),
	    cmocka_unit_test(what_concerns_one_connection_is_not_passed_on),
	    cmocka_unit_test(who_forwarded_is_appended_and_how_is_kept),
	    cmocka_unit_test(a_request_id_is_passed_on_or_set),
	    cmocka_unit_test(a_request_is_framed_as_it_goes_out),
	    cmocka_unit_test(an_upgrade_is_passed_on_when_asked_to),
	    cmocka_unit_test(a_response_says_what_its_client_must_know),
	    cmocka_unit_test(a_buffer_that_may_be_too_small_is_not_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
