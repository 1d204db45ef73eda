/* Proves src/proxy/usual.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "histogram.h"
#include "usual.h"

static struct usual *usual;

static int
set_up(void **state)
{
	(void)state;
	usual = usual_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	usual_free(usual);
	return 0;
}

static void
add_many(uint32_t func, uint64_t us, int times)
{
	for (int i = 0; i < times; i++)
		usual_add(usual, func, us);
}

static void
little_is_known_of_little(void **state)
{
	(void)state;
	add_many(1, 1000, 15);
	assert_int_equal(usual_bucket(usual, 1, 0.5), -1);
	add_many(1, 1000, 1);
	assert_int_equal(usual_bucket(usual, 1, 0.5), histogram_bucket(1000));
}

static void
each_function_has_its_own_time(void **state)
{
	(void)state;
	add_many(1, 1000, 100);
	add_many(2, 90000, 100);
	assert_int_equal(usual_bucket(usual, 1, 0.95), histogram_bucket(1000));
	assert_int_equal(usual_bucket(usual, 2, 0.95), histogram_bucket(90000));
	/* of another one it is known what holds for all */
	assert_int_equal(usual_bucket(usual, 3, 0.4), histogram_bucket(1000));
	assert_int_equal(usual_bucket(usual, 3, 0.9), histogram_bucket(90000));
}

static void
a_share_of_the_answers_lies_at_or_below(void **state)
{
	(void)state;
	add_many(1, 1000, 95);
	add_many(1, 50000, 5);
	assert_int_equal(usual_bucket(usual, 1, 0.95), histogram_bucket(1000));
	assert_int_equal(usual_bucket(usual, 1, 0.96), histogram_bucket(50000));
	assert_int_equal(
	    usual_bucket(usual, 1, 0.999), histogram_bucket(50000));
}

static void
the_young_count_more(void **state)
{
	(void)state;
	add_many(1, 1000, 1000);
	add_many(1, 50000, 3000);
	assert_int_equal(usual_bucket(usual, 1, 0.2), histogram_bucket(50000));
}

static void
who_is_asked_for_more_keeps_its_entry(void **state)
{
	(void)state;
	add_many(7, 1000, 100);
	for (int i = 0; i < 100; i++) { /* 512 entries: the same one */
		add_many(7 + 512, 50000, 5);
		add_many(7, 1000, 1);
	}
	assert_int_equal(usual_bucket(usual, 7, 0.9), histogram_bucket(1000));
	add_many(7 + 512, 50000, 50);
	assert_int_equal(
	    usual_bucket(usual, 7 + 512, 0.1), histogram_bucket(50000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		little_is_known_of_little, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		each_function_has_its_own_time, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_share_of_the_answers_lies_at_or_below, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_young_count_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_is_asked_for_more_keeps_its_entry, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
