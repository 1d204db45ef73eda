/* What src/http/parser.h promises, with the rules of scan.h, target.h and
 * fields.h as they show through it. */
#include "feeding.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

struct row {
	struct text bytes;
	int status; /* 0: not refused */
	/* a reason (NULL where versions of llhttp differ in what they see
	 * first), or the head as feeding.h writes it */
	const char *expected;
};

static void
check(const struct row *row, const struct feeding *feeding)
{
	struct outcome outcome;

	feed_every_way(&outcome, feeding, row->bytes);
	if (outcome.status != row->status)
		print_message("%s\n", row->bytes.at);
	assert_int_equal(outcome.status, row->status);
	if (row->status != 0) {
		assert_int_equal(outcome.result, PARSER_FAILED);
		if (row->expected != NULL)
			assert_string_equal(outcome.reason, row->expected);
	} else {
		assert_int_equal(outcome.result, PARSER_HEAD);
		assert_string_equal(outcome.written, row->expected);
	}
}

static void
check_requests(const struct row *rows, size_t count)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {32768, 100, 8192}};

	for (size_t i = 0; i < count; i++)
		check(&rows[i], &request);
}

static void
check_responses(enum method asked, const struct row *rows, size_t count)
{
	struct feeding response = {PARSER_RESPONSE, asked, usual_limits};

	for (size_t i = 0; i < count; i++)
		check(&rows[i], &response);
}

static void
a_good_request_is_read_however_it_is_cut_up(void **state)
{
	static const struct row rows[] = {
	    {TEXT(GET HOST "\r\n"), 0, "GET|/||a|1.1|keep|none 0|Host=a"},
	    {TEXT("GET /run/f?x=1?y HTTP/1.1\r\nhOST:  a:80\t \r\n\r\n"), 0,
		"GET|/run/f|?x=1?y|a:80|1.1|keep|none 0|hOST=a:80"},
	    {TEXT("\r\n\r\n" GET HOST "\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a"},
	    {TEXT(GET HOST "A:\r\nB: \t \r\nC:c\r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|A=|B=|C=c"},
	    {TEXT(GET HOST "A: b\tc  d \xc3\xa4\r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|A=b\tc  d \xc3\xa4"},
	    {TEXT(GET HOST "!#$%&'*+-.^_`|~9aZ: x\r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|!#$%&'*+-.^_`|~9aZ=x"},
	    {TEXT("REPORT / HTTP/1.1\r\n" HOST "\r\n"), 0,
		"REPORT|/||a|1.1|keep|none 0|Host=a"},
	    {TEXT(POST "Content-Length: 5\r\n\r\nhello"), 0,
		"POST|/||a|1.1|keep|length 5|Host=a|Content-Length=5"},
	    {TEXT(POST "Content-Length:0005 \r\n\r\n"), 0,
		"POST|/||a|1.1|keep|length 5|Host=a|Content-Length=0005"},
	    {TEXT(POST "Content-Length: 0\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|none 0|Host=a|Content-Length=0"},
	    {TEXT(POST "Content-Length: 9223372036854775799\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|length 9223372036854775799|Host=a|"
		"Content-Length=9223372036854775799"},
	    {TEXT(POST "Transfer-Encoding: Chunked\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|chunked 0|Host=a|"
		"Transfer-Encoding=Chunked(hop)"},
	    {TEXT(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|length 1|continue|Host=a|"
		"Expect=100-Continue|Content-Length=1"},
	    {TEXT(POST "Expect: e\r\nExpect: 100-continue\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|none 0|continue|Host=a|"
		"Expect=e|Expect=100-continue"},
	    {TEXT(POST "Expect: 100-continue\r\nExpect: e\r\n\r\n"), 0,
		"POST|/||a|1.1|keep|none 0|continue|Host=a|"
		"Expect=100-continue|Expect=e"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
bytes_after_the_head_are_left_alone(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {32768, 100, 8192}};
	struct text two = TEXT(GET HOST "\r\n" GET HOST "\r\n");
	struct outcome outcome;

	(void)state;
	feed_every_way(&outcome, &request, two);
	assert_int_equal(outcome.used, two.len / 2);
}

static void
a_byte_that_no_head_has_is_refused_at_once(void **state)
{
	/* None of these is complete. */
	static const struct row rows[] = {
	    {TEXT("GET / HTTP/1.1\n"), 400, "bare LF in the head"},
	    {TEXT("\n"), 400, "bare LF in the head"},
	    {TEXT("\r\r"), 400, "bare CR in the head"},
	    {TEXT("GET / HTTP/1.1\rH"), 400, "bare CR in the head"},
	    {TEXT(GET "Host: a\n"), 400, "bare LF in the head"},
	    {TEXT(GET "Host: a\rX"), 400, "bare CR in the head"},
	    {TEXT(GET "Host: a\r\rX"), 400, "bare CR in the head"},
	    {TEXT(GET "Host: a\0"), 400, "NUL in the head"},
	    {TEXT(GET "Ho\0st: a"), 400, "NUL in the head"},
	    {TEXT("GET /\0"), 400, "NUL in the head"},
	    {TEXT(GET "A: \x01"), 400, "control character in the head"},
	    {TEXT(GET "A: 12345678\x7f"), 400, "control character in the head"},
	    {TEXT(GET "A: 1234567\x1f"), 400, "control character in the head"},
	    {TEXT("\x16\x03\x01\x02"), 400, "control character in the head"},
	    {TEXT(GET "A: b\r\n "), 400, "folded line in the head"},
	    {TEXT(GET "A: b\r\n\t"), 400, "folded line in the head"},
	    {TEXT(GET " "), 400, "folded line in the head"},
	    {TEXT(GET "Host : a\r\n"), 400, NULL},
	    {TEXT("GET / HTTP/1.1 \r\n"), 400, "malformed request line"},
	    {TEXT("get / HTTP/1.1\r\n"), 501, "unknown method"},
	    {TEXT(POST "Content-Length: a\r\n"), 400, "bad Content-Length"},
	    {TEXT(POST "Content-Length: 1\r\nContent-Length: 1\r\n"), 400,
		"more than one Content-Length"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
every_control_character_is_refused_wherever_it_stands(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {32768, 100, 8192}};
	static const char good[] = "POST /p?q HTTP/1.1\r\nHost: a\r\n"
				   "Abc: d\r\nContent-Length: 3\r\n\r\n";
	struct outcome outcome;
	char bad[sizeof(good)];

	(void)state;
	for (size_t at = 0; at < sizeof(good) - 1; at++)
		for (int c = 0; c < 0x20; c++) {
			if (c == good[at] || (c == '\t' && good[at] == ' '))
				continue;
			if (c == '\t' && strchr("ad3", good[at]) != NULL)
				continue; /* white space in or at a value */
			if (at == 0 && c == '\r')
				continue; /* the CR of an empty line */
			memcpy(bad, good, sizeof(good));
			bad[at] = (char)c;
			feed_pieces(&outcome, &request,
			    (struct text){bad, sizeof(good) - 1}, sizeof(good),
			    1);
			assert_int_equal(outcome.result, PARSER_FAILED);
			assert_int_equal(outcome.status, 400);
		}
}

static void
a_malformed_request_line_is_refused(void **state)
{
	static const struct row rows[] = {
	    {TEXT("GET /\r\n\r\n"), 400, "malformed request line"},
	    {TEXT("GET\r\n\r\n"), 400, "bad method"},
	    {TEXT("GET  / HTTP/1.1\r\n"), 400, "malformed request line"},
	    {TEXT("GET /  HTTP/1.1\r\n"), 400, "malformed request line"},
	    {TEXT("GET\t/ HTTP/1.1\r\n"), 400, "bad method"},
	    {TEXT(" GET / HTTP/1.1\r\n"), 400, "bad method"},
	    {TEXT("GET / HTTP/1.1 x\r\n"), 400, "malformed request line"},
	    {TEXT("GET /a b HTTP/1.1\r\n"), 400, "malformed request line"},
	    {TEXT("GET / HTTP/1.11\r\n"), 400, "malformed request line"},
	    {TEXT("GET / HTTP/1\r\n"), 400, "malformed request line"},
	    {TEXT("GET / http/1.1\r\n"), 400, "bad HTTP version"},
	    {TEXT("GET / HTTP/1,1\r\n"), 400, "bad HTTP version"},
	    {TEXT("GET / HTTP/1.20\r\n"), 400, "malformed request line"},
	    {TEXT("GET / HTTP/0.9\r\n"), 505, "HTTP version is not 1.x"},
	    {TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505,
		"HTTP version is not 1.x"},
	    {TEXT("BREW / HTTP/1.1\r\n"), 501, "unknown method"},
	    {TEXT("GE / HTTP/1.1\r\n"), 501, "unknown method"},
	    {TEXT("GETS / HTTP/1.1\r\n"), 501, "unknown method"},
	    {TEXT("G(T / HTTP/1.1\r\n"), 400, "bad method"},
	    {TEXT("DESCRIBE / HTTP/1.1\r\n"), 501, "unknown method"},
	    {TEXT("SOURCE / ICE/1.0\r\n"), 400, "malformed request line"},
	    {TEXT("HTTP/1.1 200 OK\r\n"), 400, "bad method"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
empty_lines_before_a_request_are_bounded(void **state)
{
	static const struct row rows[] = {
	    {TEXT("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
		  "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
		  "\r\n\r\n\r\n"),
		400, "too many empty lines"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
a_target_is_read_in_its_four_forms(void **state)
{
	static const struct row rows[] = {
	    {TEXT("GET http://b:8/p?q HTTP/1.1\r\n" HOST "\r\n"), 0,
		"GET|/p|?q|b:8|1.1|keep|none 0|Host=a"},
	    {TEXT("GET HTTPS://b HTTP/1.1\r\n" HOST "\r\n"), 0,
		"GET|/||b|1.1|keep|none 0|Host=a"},
	    {TEXT("GET http://[::1]?q HTTP/1.1\r\n" HOST "\r\n"), 0,
		"GET|/|?q|[::1]|1.1|keep|none 0|Host=a"},
	    {TEXT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 0,
		"OPTIONS|*||a|1.1|keep|none 0|Host=a"},
	    {TEXT("CONNECT b:443 HTTP/1.1\r\n" HOST "\r\n"), 0,
		"CONNECT|||b:443|1.1|keep|none 0|Host=a"},
	    {TEXT("GET //b/p HTTP/1.1\r\n" HOST "\r\n"), 0,
		"GET|//b/p||a|1.1|keep|none 0|Host=a"},
	    {TEXT("GET /%00/../\"<>[]{|}\\^` HTTP/1.1\r\n" HOST "\r\n"), 0,
		"GET|/%00/../\"<>[]{|}\\^`||a|1.1|keep|none 0|Host=a"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
a_bad_target_is_refused(void **state)
{
	static const struct row rows[] = {
	    {TEXT("GET * HTTP/1.1\r\n"), 400, "bad request target"},
	    {TEXT("GET a HTTP/1.1\r\n"), 400, NULL},
	    {TEXT("GET ftp://b/ HTTP/1.1\r\n"), 400, "bad request target"},
	    {TEXT("GET b:80 HTTP/1.1\r\n"), 400, NULL},
	    {TEXT("GET /p#f HTTP/1.1\r\n"), 400,
		"fragment in the request target"},
	    {TEXT("GET /\x80 HTTP/1.1\r\n"), 400,
		"bad character in the request target"},
	    {TEXT("GET /\tx HTTP/1.1\r\n"), 400, NULL},
	    {TEXT("GET http:///p HTTP/1.1\r\n"), 400, NULL},
	    {TEXT("GET http://u@b/p HTTP/1.1\r\n"), 400,
		"bad host in the request target"},
	    {TEXT("GET http://b:x/p HTTP/1.1\r\n"), 400,
		"bad host in the request target"},
	    {TEXT("GET http://[::1/p HTTP/1.1\r\n"), 400,
		"bad host in the request target"},
	    {TEXT("CONNECT /p HTTP/1.1\r\n"), 400, NULL},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
there_is_one_good_host(void **state)
{
	static const struct row rows[] = {
	    {TEXT(GET "\r\n"), 400, "missing Host"},
	    {TEXT("GET http://b/ HTTP/1.1\r\n\r\n"), 400, "missing Host"},
	    {TEXT(GET HOST HOST "\r\n"), 400, "more than one Host"},
	    {TEXT("GET / HTTP/1.0\r\n" HOST "hosT: b\r\n\r\n"), 400,
		"more than one Host"},
	    {TEXT(GET "Host: a, b\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: a b\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: a/b\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: a@b\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: a:b\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: :80\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: a:80:90\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: [::1\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: [x]\r\n\r\n"), 400, "bad Host"},
	    {TEXT(GET "Host: \xc3\xa4\r\n\r\n"), 400, "bad Host"},
	    {TEXT("GET http://b/ HTTP/1.1\r\nHost: \"\r\n\r\n"), 400,
		"bad Host"},
	    {TEXT(GET "Host:\r\n\r\n"), 0, "GET|/|||1.1|keep|none 0|Host="},
	    {TEXT(GET "Host: [::1]:80\r\n\r\n"), 0,
		"GET|/||[::1]:80|1.1|keep|none 0|Host=[::1]:80"},
	    {TEXT(GET "Host: a_b.c-d.:\r\n\r\n"), 0,
		"GET|/||a_b.c-d.:|1.1|keep|none 0|Host=a_b.c-d.:"},
	    {TEXT("GET / HTTP/1.0\r\n\r\n"), 0, "GET|/|||1.0|close|none 0"},
	    {TEXT("GET / HTTP/1.2\r\nHost: h\r\n\r\n"), 0,
		"GET|/||h|1.1|keep|none 0|Host=h"},
	    {TEXT("GET / HTTP/1.9\r\n\r\n"), 400, "missing Host"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

/* RFC 9112 6.3 and 11.2: what another parser could frame differently. */
static void
a_body_that_two_parsers_could_frame_differently_is_refused(void **state)
{
	static const char both[] = "Content-Length with Transfer-Encoding";
	static const char twice[] = "more than one Content-Length";
	static const char length[] = "bad Content-Length";
	static const char coding[] = "Transfer-Encoding is not just chunked";
	static const struct row rows[] = {
	    {TEXT(POST
		 "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
		400, both},
	    {TEXT(POST
		 "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
		400, both},
	    {TEXT(POST
		 "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"),
		400, both},
	    {TEXT(POST "Content-Length: 1\r\nTransfer-Encoding: x\r\n\r\n"),
		400, both},
	    {TEXT(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400,
		twice},
	    {TEXT(POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"), 400,
		twice},
	    {TEXT(POST "Content-Length: 1, 1\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1,2\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1 2\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1\t2\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: +1\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: -1\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 0x1\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1e1\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1.\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1_0\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: \"1\"\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1\t\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: 1 \t \r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length:\r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: \r\n\r\n"), 400, length},
	    {TEXT(POST "Content-Length: \v1\r\n\r\n"), 400,
		"control character in the head"},
	    {TEXT(POST "Content-Length: 9223372036854775808\r\n\r\n"), 400,
		length},
	    {TEXT(POST "Content-Length: 18446744073709551616\r\n\r\n"), 400,
		length},
	    {TEXT(POST "Content-Length: 18446744073709551617\r\n\r\n"), 400,
		length},
	    {TEXT(POST "Content-Length: 99999999999999999999\r\n\r\n"), 400,
		length},
	    {TEXT(POST "Transfer-Encoding: gzip\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: identity\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunked, identity\r\n\r\n"), 501,
		coding},
	    {TEXT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501,
		coding},
	    {TEXT(POST "Transfer-Encoding: chunked, chunked\r\n\r\n"), 501,
		coding},
	    {TEXT(POST "Transfer-Encoding: chunked,\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: ,chunked\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunked;q=1\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: \"chunked\"\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: xchunked\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunkedx\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunke\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunked\xa0\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding:\r\n\r\n"), 501, coding},
	    {TEXT(POST "Transfer-Encoding: chunked\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n"),
		501, coding},
	    {TEXT(POST "Transfer-Encoding: chunked\r\n"
		       "transfer-encoding: x\r\n\r\n"),
		501, coding},
	    {TEXT(POST "Transfer-Encoding: x\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n"),
		400, "more than one Transfer-Encoding"},
	    {TEXT(POST "Transfer-Encoding: chunked\r\n"
		       "Transfer-Encoding:\r\n\r\n"),
		400, "more than one Transfer-Encoding"},
	    {TEXT(POST "Transfer-Encoding\t: chunked\r\n\r\n"), 400, NULL},
	    {TEXT(POST "Transfer-Encoding : chunked\r\n\r\n"), 400, NULL},
	    {TEXT(POST "Transfer-Encoding: chunked \v\r\n\r\n"), 400,
		"control character in the head"},
	    {TEXT(POST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n"), 400,
		"folded line in the head"},
	    {TEXT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n"), 400,
		"folded line in the head"},
	    {TEXT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400,
		"Transfer-Encoding in HTTP/1.0"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

/* Each let a request through that the next server saw as two. */
static void
what_later_llhttps_mended_is_refused(void **state)
{
	static const struct row rows[] = {
	    /* CVE-2023-30589: a CR alone ended a field */
	    {TEXT(GET HOST "Dummy: x\rContent-Length: 23\r\n\r\n"), 400,
		"bare CR in the head"},
	    {TEXT("GET / HTTP/1.1\rHost: a\r\r"), 400, "bare CR in the head"},
	    /* CVE-2022-35256, CVE-2022-32215: folded Transfer-Encoding */
	    {TEXT(POST "Transfer-Encoding: chunked\r\n , identity\r\n\r\n"),
		400, "folded line in the head"},
	    /* CVE-2022-32214: a field ended by LF */
	    {TEXT(GET HOST "A: b\nContent-Length: 5\r\n\r\n"), 400,
		"bare LF in the head"},
	    /* CVE-2022-32213: Transfer-Encoding that is not the last */
	    {TEXT(POST "Transfer-Encoding: chunked , identity\r\n\r\n"), 501,
		"Transfer-Encoding is not just chunked"},
	    /* CVE-2024-27982: a space before the first name */
	    {TEXT(GET " Content-Length: 5\r\n" HOST "\r\n"), 400,
		"folded line in the head"},
	    {TEXT(GET HOST "\tA: b\r\n\r\n"), 400, "folded line in the head"},
	    /* CVE-2025-23167: "\r\n\rX" ended a head */
	    {TEXT(GET HOST "\rXGET /admin HTTP/1.1\r\n\r\n"), 400,
		"bare CR in the head"},
	    {TEXT(GET HOST "\r\rXGET /admin HTTP/1.1\r\n\r\n"), 400,
		"bare CR in the head"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
a_bad_name_is_refused(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {32768, 100, 8192}};
	static const struct row rows[] = {
	    {TEXT(GET ": a\r\n"), 400, NULL},
	    {TEXT(GET HOST ": a\r\n"), 400, NULL},
	    {TEXT(GET "a\r\n"), 400, NULL},
	    {TEXT(GET "A b: c\r\n"), 400, "bad header name"},
	    {TEXT(GET "Host\xc2\xa0: c\r\n"), 400, NULL},
	};
	char line[] = "GET / HTTP/1.1\r\nHost: a\r\nA.B: c\r\n\r\n";
	struct outcome outcome;
	unsigned good = 0;

	(void)state;
	check_requests(rows, COUNT(rows));
	for (int c = 0; c < 256; c++) {
		*strchr(strstr(line, "A"), 'B') = 'B';
		line[26] = (char)c;
		feed_pieces(&outcome, &request,
		    (struct text){line, sizeof(line) - 1}, 1000, 1);
		good += outcome.result == PARSER_HEAD;
		line[26] = '.';
	}
	/* 77 token characters, and the colon that ends the name */
	assert_int_equal(good, 78);
}

static void
connection_says_what_is_kept_and_what_is_passed_on(void **state)
{
	static const struct row rows[] = {
	    {TEXT(GET HOST "Connection: close\r\n\r\n"), 0,
		"GET|/||a|1.1|close|none 0|Host=a|Connection=close(hop)"},
	    {TEXT(GET HOST "Connection: keep-alive, CLOSE\r\n\r\n"), 0,
		"GET|/||a|1.1|close|none 0|Host=a|"
		"Connection=keep-alive, CLOSE(hop)"},
	    {TEXT("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), 0,
		"GET|/|||1.0|keep|none 0|Connection=Keep-Alive(hop)"},
	    {TEXT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"
		  "Connection: close\r\n\r\n"),
		0,
		"GET|/|||1.0|close|none 0|Connection=keep-alive(hop)|"
		"Connection=close(hop)"},
	    {TEXT(GET HOST "x-one: 1\r\nConnection: ,X-One ,,\tX-TWO\r\n"
			   "X-Two: 2\r\nX-Two: 3\r\nX: 4\r\n\r\n"),
		0,
		"GET|/||a|1.1|keep|none 0|Host=a|x-one=1(hop)|"
		"Connection=,X-One ,,\tX-TWO(hop)|X-Two=2(hop)|X-Two=3(hop)|"
		"X=4"},
	    {TEXT(GET HOST "Connection: x-picket-utilization\r\n"
			   "X-Picket-Utilization: 1\r\n\r\n"),
		0,
		"GET|/||a|1.1|keep|none 0|Host=a|"
		"Connection=x-picket-utilization(hop)|"
		"X-Picket-Utilization=1(hop)"},
	    {TEXT(GET HOST "Keep-Alive: 1\r\nProxy-Connection: x\r\nTE: x\r\n"
			   "Trailer: x\r\nUpgrade: x\r\n"
			   "Proxy-Authorization: x\r\n"
			   "Proxy-Authenticate: x\r\n\r\n"),
		0,
		"GET|/||a|1.1|keep|none 0|Host=a|Keep-Alive=1(hop)|"
		"Proxy-Connection=x(hop)|TE=x(hop)|Trailer=x(hop)|"
		"Upgrade=x(hop)|Proxy-Authorization=x(hop)|"
		"Proxy-Authenticate=x(hop)"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
connection_cannot_take_away_what_the_gateway_needs(void **state)
{
	static const struct row rows[] = {
	    {TEXT(POST "Connection: host, content-length, via, expect, "
		       "x-forwarded-for, x-forwarded-proto, x-forwarded-host, "
		       "x-request-id, forwarded, x-real-ip\r\n"
		       "Content-Length: 1\r\nVia: v\r\nExpect: e\r\n"
		       "X-Forwarded-For: 1\r\nX-Forwarded-Proto: 2\r\n"
		       "X-Forwarded-Host: 3\r\nX-Request-Id: 4\r\n"
		       "Forwarded: 5\r\nX-Real-IP: 6\r\n\r\n"),
		0,
		"POST|/||a|1.1|keep|length 1|Host=a|Connection=host, "
		"content-length, via, expect, x-forwarded-for, "
		"x-forwarded-proto, x-forwarded-host, x-request-id, forwarded, "
		"x-real-ip(hop)|Content-Length=1|Via=v|Expect=e|"
		"X-Forwarded-For=1|X-Forwarded-Proto=2|X-Forwarded-Host=3|"
		"X-Request-Id=4|Forwarded=5|X-Real-IP=6"},
	    {TEXT(GET HOST "Connection: a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a\r\n"
			   "Connection: a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a\r\n"
			   "\r\n"),
		400, "too many options in Connection"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
upgrade_is_offered_only_as_it_must_be(void **state)
{
	static const struct row rows[] = {
	    {TEXT(GET HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
		0,
		"GET|/||a|1.1|keep|none 0|upgrade|Host=a|"
		"Connection=Upgrade(hop)|Upgrade=websocket(hop)"},
	    {TEXT(GET HOST "Upgrade: websocket\r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|Upgrade=websocket(hop)"},
	    {TEXT(GET HOST "Connection: close\r\nUpgrade: x\r\n\r\n"), 0,
		"GET|/||a|1.1|close|none 0|Host=a|Connection=close(hop)|"
		"Upgrade=x(hop)"},
	    {TEXT(GET HOST "Connection: Upgrade\r\nUpgrade: \r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|Connection=Upgrade(hop)|"
		"Upgrade=(hop)"},
	    {TEXT(GET HOST "Connection: upgrade\r\nUpgrade: x, h2c\r\n\r\n"), 0,
		"GET|/||a|1.1|keep|none 0|Host=a|Connection=upgrade(hop)|"
		"Upgrade=x, h2c(hop)"},
	    {TEXT(GET HOST "Connection: upgrade\r\nUpgrade: a\r\n"
			   "Upgrade: b\r\n\r\n"),
		0,
		"GET|/||a|1.1|keep|none 0|Host=a|Connection=upgrade(hop)|"
		"Upgrade=a(hop)|Upgrade=b(hop)"},
	    {TEXT(
		 "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n"),
		0,
		"GET|/|||1.0|close|none 0|Connection=upgrade(hop)|"
		"Upgrade=a(hop)"},
	};

	(void)state;
	check_requests(rows, COUNT(rows));
}

static void
a_response_is_framed_by_what_was_asked(void **state)
{
	static const struct row rows[] = {
	    {TEXT(OK "Content-Length: 5\r\n\r\n"), 0,
		"200|OK|1.1|keep|length 5|Content-Length=5"},
	    {TEXT(OK "Content-Length: 0\r\n\r\n"), 0,
		"200|OK|1.1|keep|none 0|Content-Length=0"},
	    {TEXT(OK "Transfer-Encoding: chunked\r\n\r\n"), 0,
		"200|OK|1.1|keep|chunked 0|Transfer-Encoding=chunked(hop)"},
	    {TEXT(OK "\r\n"), 0, "200|OK|1.1|close|to-close 0"},
	    {TEXT("HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n"), 0,
		"200|OK|1.1|keep|none 0|Content-Length=0"},
	    {TEXT("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"), 0,
		"200|OK|1.0|close|to-close 0|Connection=keep-alive(hop)"},
	    {TEXT("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"
		  "Content-Length: 1\r\n\r\n"),
		0,
		"200|OK|1.0|keep|length 1|Connection=keep-alive(hop)|"
		"Content-Length=1"},
	    {TEXT("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n"), 0,
		"200|OK|1.0|close|length 1|Content-Length=1"},
	    {TEXT(OK "Connection: close\r\nContent-Length: 1\r\n\r\n"), 0,
		"200|OK|1.1|close|length 1|Connection=close(hop)|"
		"Content-Length=1"},
	    {TEXT("HTTP/1.1 100 Continue\r\n\r\n"), 0,
		"100|Continue|1.1|keep|none 0"},
	    {TEXT(
		 "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
		0,
		"101|X|1.1|keep|none 0|upgrade|Connection=upgrade(hop)|"
		"Upgrade=x(hop)"},
	    {TEXT("HTTP/1.1 204 No Content\r\n\r\n"), 0,
		"204|No Content|1.1|keep|none 0"},
	    {TEXT("HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n"), 0,
		"204|x|1.1|close|none 5|Content-Length=5"},
	    {TEXT("HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n"), 0,
		"204|x|1.1|close|none 0|Transfer-Encoding=chunked(hop)"},
	    {TEXT("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), 0,
		"304|Not Modified|1.1|keep|none 5|Content-Length=5"},
	};
	static const struct row to_head[] = {
	    {TEXT(OK "Content-Length: 5\r\n\r\n"), 0,
		"200|OK|1.1|keep|none 5|Content-Length=5"},
	    {TEXT(OK "Transfer-Encoding: chunked\r\n\r\n"), 0,
		"200|OK|1.1|keep|none 0|Transfer-Encoding=chunked(hop)"},
	    {TEXT(OK "\r\n"), 0, "200|OK|1.1|keep|none 0"},
	};

	(void)state;
	check_responses(METHOD_GET, rows, COUNT(rows));
	check_responses(METHOD_HEAD, to_head, COUNT(to_head));
}

static void
a_status_line_is_read_to_the_byte(void **state)
{
	static const struct row rows[] = {
	    {TEXT("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), 0,
		"200||1.1|keep|none 0|Content-Length=0"},
	    {TEXT("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"), 0,
		"200||1.1|keep|none 0|Content-Length=0"},
	    {TEXT("HTTP/1.1 599 Nicht \xc3\xbc"
		  "bel\r\nContent-Length: 0\r\n\r\n"),
		0,
		"599|Nicht \xc3\xbc"
		"bel|1.1|keep|none 0|Content-Length=0"},
	    {TEXT("HTTP/1.1 99 x\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/1.1 099 x\r\n"), 502, "status is not 100 to 599"},
	    {TEXT("HTTP/1.1 600 x\r\n"), 502, "status is not 100 to 599"},
	    {TEXT("HTTP/1.1 2000 x\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/1.1 +20 x\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/1.1  200 x\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/1.1\t200 x\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/1.1\r\n"), 502, "malformed status line"},
	    {TEXT("HTTP/2.0 200 x\r\n"), 502, "HTTP version is not 1.x"},
	    {TEXT("HTTP/1.20 200 x\r\n"), 502, "malformed status line"},
	    {TEXT("http/1.1 200 x\r\n"), 502, "bad HTTP version"},
	    {TEXT("ICY 200 OK\r\n"), 502, "bad HTTP version"},
	    {TEXT("H\r\n"), 502, "bad HTTP version"},
	    {TEXT("\r\nHTTP/1.1 200 OK\r\n"), 502,
		"empty line before the head"},
	    {TEXT("GET / HTTP/1.1\r\n"), 502, "bad HTTP version"},
	    {TEXT("\0"), 502, "NUL in the head"},
	};

	(void)state;
	check_responses(METHOD_GET, rows, COUNT(rows));
}

static void
a_response_whose_framing_is_in_doubt_is_refused(void **state)
{
	static const struct row rows[] = {
	    {TEXT(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
		502, "Content-Length with Transfer-Encoding"},
	    {TEXT(OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"), 502,
		"more than one Content-Length"},
	    {TEXT(OK "Content-Length: x\r\n\r\n"), 502, "bad Content-Length"},
	    {TEXT(OK "Transfer-Encoding: gzip, chunked\r\n\r\n"), 502,
		"Transfer-Encoding is not just chunked"},
	    {TEXT(OK "Transfer-Encoding: identity\r\n\r\n"), 502,
		"Transfer-Encoding is not just chunked"},
	    {TEXT("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), 502,
		"Transfer-Encoding in HTTP/1.0"},
	    {TEXT(OK "A: b\r\n c\r\n\r\n"), 502, "folded line in the head"},
	    {TEXT(OK "A: b\n\r\n"), 502, "bare LF in the head"},
	};

	(void)state;
	check_responses(METHOD_GET, rows, COUNT(rows));
}

/* A response that is so long, and whose last field can hardly be shorter. */
static struct text
sized_response(size_t len)
{
	static const char start[] = OK "A: ", end[] = "\r\nB:c\r\n\r\n";
	static char bytes[HEAD_BYTES_MAX];

	memset(bytes, 'x', len);
	memcpy(bytes, start, sizeof(start) - 1);
	memcpy(bytes + len - (sizeof(end) - 1), end, sizeof(end) - 1);
	return (struct text){bytes, len};
}

/* What looks at a head by the block looks beyond it then: only a sanitizer or
 * memcheck tells whether there is something. */
static void
a_head_may_fill_its_room_to_the_last_byte(void **state)
{
	static const struct parser_limits limits = {65535, 100, 65535};
	static char out[HEAD_BYTES_MAX + HEAD_WRITE_EXTRA];
	struct rewrite rewrite = {.keep_alive = true, .minor = 1};
	static const char end[] = "\r\nB:c\r\nVia: 1.1 picket\r\n\r\n";
	size_t used, len;

	(void)state;
	for (size_t size = 1024 - 20; size <= 1024 + 1; size++)
		for (unsigned doubled = 0; doubled <= 6; doubled++) {
			struct text bytes = sized_response(
			    doubled == 6 ? HEAD_BYTES_MAX - (size & 15)
					 : size << doubled);
			struct parser *parser = parser_new(
			    PARSER_RESPONSE, &limits);

			assert_int_equal(
			    feed_copy(parser, bytes.at, bytes.len, &used),
			    PARSER_HEAD);
			len = head_write_response(
			    parser_head(parser), &rewrite, out, sizeof(out));
			assert_in_range(len, sizeof(end), sizeof(out));
			assert_memory_equal(out + len - (sizeof(end) - 1), end,
			    sizeof(end) - 1);
			parser_free(parser);
		}
}

/* A request with this many bytes in its target and in one field's value. */
static struct text
sized_request(size_t target, size_t value)
{
	static char bytes[200000];
	char *out = bytes;

	out = stpcpy(out, "OPTIONS /");
	memset(out, 'x', target - 1);
	out = stpcpy(out + target - 1, " HTTP/1.1\r\nHost: a\r\nA: ");
	memset(out, 'y', value);
	out = stpcpy(out + value, "\r\n\r\n");
	return (struct text){bytes, (size_t)(out - bytes)};
}

static void
a_long_target_or_head_is_refused_at_its_limit(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {600, 100, 100}};
	struct outcome outcome;
	struct text bytes;

	(void)state;
	feed_every_way(&outcome, &request, sized_request(100, 10));
	assert_int_equal(outcome.result, PARSER_HEAD);
	feed_every_way(&outcome, &request, sized_request(101, 10));
	assert_int_equal(outcome.status, 414);
	bytes = sized_request(100, 10);
	bytes = sized_request(100, 10 + 600 - bytes.len);
	assert_int_equal(bytes.len, 600);
	feed_every_way(&outcome, &request, bytes);
	assert_int_equal(outcome.result, PARSER_HEAD);
	feed_every_way(&outcome, &request, sized_request(100, 611 - 141));
	assert_int_equal(outcome.status, 431);
	assert_string_equal(outcome.reason, "head is too long");
}

static void
no_more_than_the_limit_is_waited_for(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {600, 100, 100}};
	struct outcome outcome;

	(void)state;
	feed_pieces(&outcome, &request, sized_request(100000, 1), 1, 1);
	assert_int_equal(outcome.status, 414);
	assert_in_range(outcome.used, 100, 130);
	feed_pieces(&outcome, &request, sized_request(50, 100000), 1, 1);
	assert_int_equal(outcome.status, 431);
	assert_int_equal(outcome.used, 600);
}

/* RFC 9112 3: it is no target that is too long. */
static void
an_endless_method_is_an_unknown_one(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {600, 100, 100}};
	struct outcome outcome;
	char bytes[500];

	(void)state;
	memset(bytes, 'G', sizeof(bytes));
	feed_pieces(
	    &outcome, &request, (struct text){bytes, sizeof(bytes)}, 1, 1);
	assert_int_equal(outcome.status, 501);
	assert_string_equal(outcome.reason, "unknown method");
}

static void
the_longest_head_of_all_can_be_read(void **state)
{
	static const struct feeding request = {
	    PARSER_REQUEST, METHOD_GET, {65535, 100, 65535}};
	struct text bytes = sized_request(30000, 65535 - 30000 - 35);
	struct outcome outcome;

	(void)state;
	assert_int_equal(bytes.len, 65535);
	feed_pieces(&outcome, &request, bytes, bytes.len, 1);
	assert_int_equal(outcome.result, PARSER_HEAD);
	feed_pieces(&outcome, &request, bytes, 1, 1);
	assert_int_equal(outcome.result, PARSER_HEAD);
}

static void
too_many_fields_are_refused_at_the_first_too_many(void **state)
{
	struct feeding request = {PARSER_REQUEST, METHOD_GET, {32768, 60, 99}};
	struct outcome outcome;
	char bytes[2000];
	char *out = stpcpy(bytes, GET HOST);

	(void)state;
	for (int i = 1; i < 60; i++)
		out = stpcpy(out, "A: b\r\n");
	stpcpy(out, "\r\n");
	feed_every_way(&outcome, &request, (struct text){bytes, strlen(bytes)});
	assert_int_equal(outcome.result, PARSER_HEAD);
	stpcpy(out, "A: b\r\n");
	feed_every_way(&outcome, &request, (struct text){bytes, strlen(bytes)});
	assert_int_equal(outcome.status, 431);
	assert_string_equal(outcome.reason, "too many header fields");
}

static void
a_parser_can_be_used_again_after_anything(void **state)
{
	struct parser_limits limits = {65535, 1000, 65535};
	struct parser *parser = parser_new(PARSER_REQUEST, &limits);
	struct text before[] = {sized_request(20000, 20000),
	    TEXT("GET / HTTP/1.1\r\nHo"), TEXT("\0"),
	    TEXT(POST "Content-Length: 5\r\n\r\n"), TEXT("\r")};
	struct text good = TEXT(GET HOST "\r\n");
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		parser_feed(parser, before[i].at, before[i].len, &used);
		parser_reset(parser, PARSER_RESPONSE, &limits);
		parser_reset(parser, PARSER_REQUEST, &usual_limits);
		assert_true(parser_is_empty(parser));
		assert_int_equal(
		    parser_feed(parser, good.at, good.len, &used), PARSER_HEAD);
		assert_int_equal(used, good.len);
		assert_int_equal(parser_head(parser)->content_length, 0);
		parser_reset(parser, PARSER_REQUEST, &limits);
	}
	parser_free(parser);
	parser_free(NULL);
}

static void
a_parser_is_empty_until_a_message_begins(void **state)
{
	struct parser *parser = parser_new(PARSER_REQUEST, &usual_limits);
	size_t used;

	(void)state;
	assert_true(parser_is_empty(parser));
	parser_feed(parser, "\r\n", 2, &used);
	assert_true(parser_is_empty(parser));
	parser_feed(parser, "G", 1, &used);
	assert_false(parser_is_empty(parser));
	parser_free(parser);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_request_is_read_however_it_is_cut_up),
	    cmocka_unit_test(bytes_after_the_head_are_left_alone),
	    cmocka_unit_test(a_byte_that_no_head_has_is_refused_at_once),
	    cmocka_unit_test(
		every_control_character_is_refused_wherever_it_stands),
	    cmocka_unit_test(a_malformed_request_line_is_refused),
	    cmocka_unit_test(empty_lines_before_a_request_are_bounded),
	    cmocka_unit_test(a_target_is_read_in_its_four_forms),
	    cmocka_unit_test(a_bad_target_is_refused),
	    cmocka_unit_test(there_is_one_good_host),
	    cmocka_unit_test(
		a_body_that_two_parsers_could_frame_differently_is_refused),
	    cmocka_unit_test(what_later_llhttps_mended_is_refused),
	    cmocka_unit_test(a_bad_name_is_refused),
	    cmocka_unit_test(
		connection_says_what_is_kept_and_what_is_passed_on),
	    cmocka_unit_test(
		connection_cannot_take_away_what_the_gateway_needs),
	    cmocka_unit_test(upgrade_is_offered_only_as_it_must_be),
	    cmocka_unit_test(a_response_is_framed_by_what_was_asked),
	    cmocka_unit_test(a_status_line_is_read_to_the_byte),
	    cmocka_unit_test(a_response_whose_framing_is_in_doubt_is_refused),
	    cmocka_unit_test(a_long_target_or_head_is_refused_at_its_limit),
	    cmocka_unit_test(no_more_than_the_limit_is_waited_for),
	    cmocka_unit_test(an_endless_method_is_an_unknown_one),
	    cmocka_unit_test(the_longest_head_of_all_can_be_read),
	    cmocka_unit_test(a_head_may_fill_its_room_to_the_last_byte),
	    cmocka_unit_test(too_many_fields_are_refused_at_the_first_too_many),
	    cmocka_unit_test(a_parser_can_be_used_again_after_anything),
	    cmocka_unit_test(a_parser_is_empty_until_a_message_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
