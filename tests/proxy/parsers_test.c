/* Proves src/proxy/parsers.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "parsers.h"

static const struct parser_limits limits = {
    .head_bytes = 1000, .headers = 10, .uri_bytes = 100};

static void
the_last_one_given_back_is_taken_first(void **state)
{
	struct parsers *parsers = parsers_new();
	struct parser *a = parsers_take(parsers, PARSER_REQUEST, &limits);
	struct parser *b = parsers_take(parsers, PARSER_REQUEST, &limits);

	(void)state;
	parsers_give(parsers, b);
	parsers_give(parsers, NULL);
	parsers_give(parsers, a);
	assert_ptr_equal(parsers_take(parsers, PARSER_REQUEST, &limits), a);
	assert_ptr_equal(parsers_take(parsers, PARSER_REQUEST, &limits), b);
	parser_free(a);
	parser_free(b);
	parsers_free(parsers);
}

static void
half_a_request_is_no_part_of_the_next_answer(void **state)
{
	static const char half[] = "GET / HTTP/1.1\r\nHost: a\r\nA";
	static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
	struct parsers *parsers = parsers_new();
	struct parser *parser = parsers_take(parsers, PARSER_REQUEST, &limits);
	size_t used;

	(void)state;
	assert_int_equal(
	    parser_feed(parser, half, strlen(half), &used), PARSER_MORE);
	parsers_give(parsers, parser);
	assert_ptr_equal(
	    parsers_take(parsers, PARSER_RESPONSE, &limits), parser);
	assert_int_equal(
	    parser_feed(parser, answer, strlen(answer), &used), PARSER_HEAD);
	assert_int_equal(parser_head(parser)->status, 204);
	assert_int_equal(parser_head(parser)->field_count, 0);
	parsers_give(parsers, parser);
	parsers_free(parsers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_last_one_given_back_is_taken_first),
	    cmocka_unit_test(half_a_request_is_no_part_of_the_next_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
