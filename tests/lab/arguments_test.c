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

static bool
take(void *into, int option, char *value)
{
	return argument_number("rate", value, 1, 10, into) && option == 7;
}

static const struct option known[] = {
    {"rate", required_argument, NULL, 7},
    {"help", no_argument, NULL, ARGUMENT_HELP},
    {NULL, 0, NULL, 0},
};

static const struct arguments arguments = {
    .command = "try", .usage = "", .options = known, .take = take};

static int
take_all(double *rate, const char *one, const char *two)
{
	char *argv[] = {"try", (char *)one, (char *)two, NULL};

	optind = 0; /* getopt_long() begins anew */
	return arguments_take(&arguments, two == NULL ? 2 : 3, argv, rate);
}

static void
options_are_taken_until_one_is_wrong(void **state)
{
	double rate = 0;

	(void)state;
	log_set_level(LOG_ERROR + 1);
	assert_int_equal(take_all(&rate, "--rate", "3"), -1);
	assert_true(rate == 3);
	assert_int_equal(take_all(&rate, "--rate", "11"), 2);
	assert_int_equal(take_all(&rate, "--rate", NULL), 2);
	assert_int_equal(take_all(&rate, "--speed", "3"), 2);
	assert_int_equal(take_all(&rate, "more", NULL), 2);
	assert_int_equal(take_all(&rate, "--help", "more"), 0);
	assert_true(rate == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_within_its_range_is_taken),
	    cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
	    cmocka_unit_test(options_are_taken_until_one_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
