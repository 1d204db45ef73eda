/* Proves src/proxy/error_answer.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "error_answer.h"

static char out[ERROR_ANSWER_MAX];
static size_t body_len;

static void
it_says_why_in_a_line_of_json(void **state)
{
	struct error_answer answer = {.status = 404,
	    .reason = "no route",
	    .request_id = TEXT("abc"),
	    .minor = 1,
	    .keep = true};

	(void)state;
	out[error_answer_write(&answer, out, &body_len)] = '\0';
	assert_string_equal(out,
	    "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
	    "Content-Length: 43\r\n\r\n"
	    "{\"error\": \"no route\", \"request_id\": \"abc\"}\n");
	assert_int_equal(body_len, 43);
}

static void
an_http_1_0_client_is_told_that_it_may_stay(void **state)
{
	struct error_answer answer = {
	    .status = 404, .reason = "x", .minor = 0, .keep = true};

	(void)state;
	out[error_answer_write(&answer, out, &body_len)] = '\0';
	assert_non_null(strstr(out, "\r\nConnection: keep-alive\r\n"));
}

static void
a_head_gets_no_body_but_its_length(void **state)
{
	struct error_answer answer = {
	    .status = 503, .reason = "full", .head_only = true};

	(void)state;
	out[error_answer_write(&answer, out, &body_len)] = '\0';
	assert_string_equal(out,
	    "HTTP/1.1 503 Service Unavailable\r\n"
	    "Content-Type: application/json\r\nContent-Length: 18\r\n"
	    "Retry-After: 1\r\nConnection: close\r\n\r\n");
}

static void
an_id_cannot_break_out_of_the_json(void **state)
{
	static char longest[5000];
	struct error_answer answer = {
	    .status = 400, .reason = "x", .request_id = TEXT("a\"\\\x80\t")};

	(void)state;
	out[error_answer_write(&answer, out, &body_len)] = '\0';
	assert_non_null(strstr(
	    out, "\"request_id\": \"a\\u0022\\u005c\\u0080\\u0009\"}\n"));
	memset(longest, '"', sizeof(longest));
	answer.request_id = (struct text){longest, sizeof(longest)};
	out[error_answer_write(&answer, out, &body_len)] = '\0';
	assert_string_equal(out + strlen(out) - 3, "\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_says_why_in_a_line_of_json),
	    cmocka_unit_test(an_http_1_0_client_is_told_that_it_may_stay),
	    cmocka_unit_test(a_head_gets_no_body_but_its_length),
	    cmocka_unit_test(an_id_cannot_break_out_of_the_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
