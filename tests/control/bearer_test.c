/* Who has the token, and where one is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bearer.h"

#define TOKEN "0123456789abcdef"

static void
the_token_is_right_whatever_the_scheme_s_case(void **state)
{
	(void)state;
	assert_true(bearer_is_right("Bearer " TOKEN, TOKEN));
	assert_true(bearer_is_right("bearer  " TOKEN, TOKEN));
}

static void
anything_else_is_wrong(void **state)
{
	static const char *const wrong[] = {NULL, "", "Bearer", "Bearer ",
	    TOKEN, "Basic " TOKEN, "Bearer 0123456789abcde",
	    "Bearer 0123456789abcdeF", "Bearer " TOKEN "0",
	    "Bearer " TOKEN TOKEN, "Bearer x123456789abcdef"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(bearer_is_right(wrong[i], TOKEN));
}

static void
only_who_logs_in_may_come_without_a_token(void **state)
{
	static const struct {
		const char *text;
		bool is_enough;
	} rows[] = {
	    {"127.0.0.1:1", true},
	    {"127.3.2.1:1", true},
	    {"[::1]:1", true},
	    {"unix:/x", true},
	    {"0.0.0.0:1", false},
	    {"[::]:1", false},
	    {"10.0.0.1:1", false},
	};
	struct address address;
	const char *reason;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(address_parse(&address, rows[i].text, &reason));
		assert_int_equal(
		    bearer_is_enough("", &address), rows[i].is_enough);
		assert_true(bearer_is_enough(TOKEN, &address));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_token_is_right_whatever_the_scheme_s_case),
	    cmocka_unit_test(anything_else_is_wrong),
	    cmocka_unit_test(only_who_logs_in_may_come_without_a_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
