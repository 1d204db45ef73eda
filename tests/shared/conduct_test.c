/* What src/shared/conduct.h promises. */
#include "conduct.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clock.h"

enum { ONE = 1, OTHER = 2, THIRD = 3 };
#define SECOND 1000000ull

static struct worker_table *table;

static int
make(void **state)
{
	(void)state;
	clock_turn();
	table = worker_table_new(2, 2);
	worker_add(table, "w", "w", "h", 1, 1, 1, true);
	worker_set_state(table, 0, WORKER_UP, "");
	return 0;
}

static void
fails(uint32_t func)
{
	conduct_failed(table, 0, func);
	worker_count(table, 0, 0, true, 0);
}

static void
gives_no_answer(void)
{
	worker_count(table, 0, 1, true, 0);
}

static void
does_well(uint32_t func)
{
	worker_did_well(table, 0);
	conduct_did_well(table, 0, func);
}

static bool
is_excused(void)
{
	return conduct_is_excused(table, 0, 10 * SECOND);
}

static void
one_function_s_row_is_excused_where_another_did_well(void **state)
{
	(void)state;
	does_well(OTHER);
	fails(ONE);
	fails(ONE);
	assert_true(is_excused());
}

static void
it_may_have_done_well_itself_in_between(void **state)
{
	(void)state;
	does_well(OTHER);
	does_well(ONE);
	fails(ONE);
	assert_true(is_excused());
}

static void
a_row_of_two_functions_is_the_worker_s(void **state)
{
	(void)state;
	does_well(THIRD);
	fails(ONE);
	fails(OTHER);
	fails(OTHER);
	assert_false(is_excused());
}

static void
a_row_with_no_answer_in_it_is_the_worker_s(void **state)
{
	(void)state;
	does_well(OTHER);
	fails(ONE);
	gives_no_answer();
	assert_false(is_excused());
}

static void
where_nobody_else_did_well_it_is_the_worker_s(void **state)
{
	(void)state;
	fails(ONE);
	assert_false(is_excused());
	does_well(ONE);
	fails(ONE);
	assert_false(is_excused());
}

static void
what_was_well_long_ago_excuses_nothing(void **state)
{
	(void)state;
	does_well(OTHER);
	fails(ONE);
	clock_cached_us += 9 * SECOND;
	assert_true(is_excused());
	clock_cached_us += 2 * SECOND;
	assert_false(is_excused());
}

static void
who_comes_up_begins_a_new_row(void **state)
{
	(void)state;
	does_well(OTHER);
	fails(ONE);
	fails(ONE);
	worker_set_state(table, 0, WORKER_DOWN, "x");
	worker_set_state(table, 0, WORKER_UP, "");
	gives_no_answer();
	gives_no_answer();
	assert_false(is_excused());
}

static void
who_has_not_failed_needs_no_excuse(void **state)
{
	(void)state;
	does_well(OTHER);
	assert_false(is_excused());
}

static void
assert_silent(bool expected)
{
	assert_int_equal(conduct_is_silent(table, 0, 10 * SECOND), expected);
}

static void
who_serves_nobody_well_for_long_is_silent(void **state)
{
	(void)state;
	assert_silent(false); /* it has just come up */
	clock_cached_us += 11 * SECOND;
	assert_silent(true);
	does_well(ONE);
	clock_cached_us += 5 * SECOND;
	assert_silent(false);
	clock_cached_us += 7 * SECOND;
	assert_silent(true);
	worker_set_state(table, 0, WORKER_EJECTED, "");
	clock_cached_us += 20 * SECOND;
	assert_silent(false); /* it is asked nothing */
	worker_set_state(table, 0, WORKER_UP, "");
	assert_silent(false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		who_serves_nobody_well_for_long_is_silent, make),
	    cmocka_unit_test_setup(
		one_function_s_row_is_excused_where_another_did_well, make),
	    cmocka_unit_test_setup(
		it_may_have_done_well_itself_in_between, make),
	    cmocka_unit_test_setup(
		a_row_of_two_functions_is_the_worker_s, make),
	    cmocka_unit_test_setup(
		a_row_with_no_answer_in_it_is_the_worker_s, make),
	    cmocka_unit_test_setup(
		where_nobody_else_did_well_it_is_the_worker_s, make),
	    cmocka_unit_test_setup(
		what_was_well_long_ago_excuses_nothing, make),
	    cmocka_unit_test_setup(who_comes_up_begins_a_new_row, make),
	    cmocka_unit_test_setup(who_has_not_failed_needs_no_excuse, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
