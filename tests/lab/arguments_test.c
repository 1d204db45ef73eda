/* What src/lab/arguments.h promises. */
#include "arguments.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "log.h"

static void
a_number_within_its_range_is_taken(void **state)
{
	double number = 0;

	(void)state;
	assert_true(argument_number("rate", "2.5", 1, 10, &number));
	assert_true(number == 2.5);
	assert_true(argument_number("rate", "10", 1, 10, &number));
	assert_true(argument_number("rate", "1e0", 1, 10, &number));
	assert_true(number == 1);
}

static void
anything_else_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
	    "", "x", "2x", "0.5", "11", "nan", "inf", "-3"};
	double number = 7;

	(void)state;
	log_set_level(LOG_ERROR + 1);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(argument_number("rate", texts[i], 1, 10, &number));
	assert_true(number == 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_within_its_range_is_taken),
	    cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
