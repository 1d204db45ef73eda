/* What src/proxy/closed.h promises. */
#include "closed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "clock.h"

enum { SLOTS = CLOSED_MAX + 1, F = 7, G = 8 };

static struct closed *closed;
static uint8_t marks[SLOTS];

static int
make(void **state)
{
	(void)state;
	clock_cached_us = 1000;
	memset(marks, 0, sizeof(marks));
	closed = closed_new();
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	closed_free(closed);
	return 0;
}

static void
a_function_is_closed_where_it_was_until_it_is_over(void **state)
{
	(void)state;
	closed_add(closed, F, 2, 2000);
	assert_int_equal(closed_mark(closed, F, marks, 1), 1);
	assert_int_equal(marks[2], 1);
	assert_int_equal(closed_mark(closed, F, marks, 0), 1);
	assert_int_equal(marks[2], 0);
	clock_cached_us = 2000;
	assert_int_equal(closed_mark(closed, F, marks, 1), 0);
	assert_int_equal(marks[2], 0);
}

static void
other_functions_are_not_closed(void **state)
{
	(void)state;
	closed_add(closed, F, 2, 2000);
	assert_int_equal(closed_mark(closed, G, marks, 1), 0);
	assert_int_equal(marks[2], 0);
}

static void
what_is_closed_is_not_closed_twice(void **state)
{
	(void)state;
	closed_add(closed, F, 2, 2000);
	closed_add(closed, F, 2, 3000);
	assert_int_equal(closed_mark(closed, F, marks, 1), 1);
}

static void
beyond_the_most_the_oldest_is_forgotten(void **state)
{
	(void)state;
	for (int slot = 0; slot < SLOTS; slot++)
		closed_add(closed, F, slot, 2000);
	assert_int_equal(closed_mark(closed, F, marks, 1), CLOSED_MAX);
	assert_int_equal(marks[0], 0);
	assert_int_equal(marks[CLOSED_MAX], 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_function_is_closed_where_it_was_until_it_is_over),
	    TEST(other_functions_are_not_closed),
	    TEST(what_is_closed_is_not_closed_twice),
	    TEST(beyond_the_most_the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
