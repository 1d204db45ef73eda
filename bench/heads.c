/*
 * What reading and writing a head costs, in nanoseconds.
 *
 *     cmake --build build --target bench && build/bench/heads
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "parser.h"

#define ROUNDS 1000000

static const struct parser_limits limits = {32768, 100, 8192};

static const char wrk_request[] = "GET /run/f42 HTTP/1.1\r\n"
				  "Host: 127.0.0.1:9080\r\n\r\n";

static const char curl_request[] = "POST /run/f42?x=1 HTTP/1.1\r\n"
				   "Host: 127.0.0.1:9080\r\n"
				   "User-Agent: curl/7.88.1\r\n"
				   "Accept: */*\r\n"
				   "Content-Type: application/json\r\n"
				   "Content-Length: 2\r\n\r\n";

static const char response[] = "HTTP/1.1 200 OK\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: 13\r\n"
			       "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n";

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void
report(const char *what, size_t len, double start)
{
	printf("%-24s %4zu bytes  %6.0f ns\n", what, len,
	    (now_ns() - start) / ROUNDS);
}

static void
read_again(struct parser *parser, enum parser_kind kind, struct text bytes)
{
	size_t used;

	parser_reset(parser, kind, &limits);
	if (parser_feed(parser, bytes.at, bytes.len, &used) != PARSER_HEAD)
		abort();
}

static void
measure(const char *what, struct parser *parser, enum parser_kind kind,
    struct text bytes)
{
	char out[4096], line[64];
	struct rewrite rewrite = {.path = TEXT("/run/f42"),
	    .client = TEXT("127.0.0.1"),
	    .request_id = TEXT("0123456789abcdef0123456789abcdef"),
	    .framing = FRAMING_LENGTH,
	    .content_length = 13,
	    .keep_alive = true,
	    .minor = 1};
	double start = now_ns();

	for (int i = 0; i < ROUNDS; i++)
		read_again(parser, kind, bytes);
	snprintf(line, sizeof(line), "read %s", what);
	report(line, bytes.len, start);

	start = now_ns();
	for (int i = 0; i < ROUNDS; i++)
		if ((kind == PARSER_REQUEST
			    ? head_write_request(parser_head(parser), &rewrite,
				  out, sizeof(out))
			    : head_write_response(parser_head(parser), &rewrite,
				  out, sizeof(out))) == 0)
			abort();
	snprintf(line, sizeof(line), "write %s", what);
	report(line, bytes.len, start);
}

int
main(void)
{
	struct parser *parser = parser_new(PARSER_REQUEST, &limits);

	measure("wrk's request", parser, PARSER_REQUEST, TEXT(wrk_request));
	measure("curl's request", parser, PARSER_REQUEST, TEXT(curl_request));
	measure("a response", parser, PARSER_RESPONSE, TEXT(response));
	parser_free(parser);
	return 0;
}
