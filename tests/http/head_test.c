/* What src/http/head.h promises about looking things up. */
#include "feeding.h"

static const struct field *
find(const struct head *head, const char *name)
{
	return head_find(head, (struct text){name, strlen(name)});
}

static void
the_first_field_of_a_name_is_found_in_any_case(void **state)
{
	struct text bytes = TEXT("GET / HTTP/1.1\r\nHost: a\r\nCookie: one\r\n"
				 "cookie: two\r\nX-Request-ID: 7\r\n\r\n");
	struct parser *parser = parser_new(PARSER_REQUEST, &usual_limits);
	const struct head *head = parser_head(parser);
	size_t used;

	(void)state;
	assert_int_equal(
	    parser_feed(parser, bytes.at, bytes.len, &used), PARSER_HEAD);
	assert_true(
	    text_is(head_value(head, find(head, "COOKIE")), TEXT("one")));
	assert_null(find(head, "Cooki"));
	assert_null(find(head, ""));
	assert_true(
	    text_is(head_value(head, head_find_id(head, FIELD_X_REQUEST_ID)),
		TEXT("7")));
	assert_null(head_find_id(head, FIELD_VIA));
	parser_free(parser);
}

static void
only_methods_that_may_be_sent_twice_are_idempotent(void **state)
{
	(void)state;
	assert_true(method_is_idempotent(METHOD_GET));
	assert_true(method_is_idempotent(METHOD_HEAD));
	assert_true(method_is_idempotent(METHOD_OPTIONS));
	assert_true(method_is_idempotent(METHOD_TRACE));
	assert_true(method_is_idempotent(METHOD_PUT));
	assert_true(method_is_idempotent(METHOD_DELETE));
	assert_false(method_is_idempotent(METHOD_POST));
	assert_false(method_is_idempotent(METHOD_PATCH));
	assert_false(method_is_idempotent(METHOD_CONNECT));
	assert_false(method_is_idempotent(METHOD_OTHER));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_field_of_a_name_is_found_in_any_case),
	    cmocka_unit_test(
		only_methods_that_may_be_sent_twice_are_idempotent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
