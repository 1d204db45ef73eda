/* Proves src/shared/precedence.c, and who opens a worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "precedence.h"

enum { ROWS = 2, PROXIES = 2 };

static struct worker_table *table;

static int
make_table(void **state)
{
	(void)state;
	table = worker_table_new(ROWS, PROXIES);
	for (int i = 0; i < ROWS; i++)
		worker_add(table, "w", (char[]){(char)('a' + i), '\0'}, "w", 80,
		    1, 2, true);
	return 0;
}

static void
tickets_grow(void **state)
{
	(void)state;
	assert_int_equal(precedence_ticket(table), 1);
	assert_int_equal(precedence_ticket(table), 2);
}

static void
the_oldest_waits_for_this_worker_or_for_any(void **state)
{
	(void)state;
	assert_true(precedence_oldest(table, 0, 0) == PRECEDENCE_NONE);
	precedence_tell(table, 0, 0, 5);
	assert_int_equal(precedence_oldest(table, 0, 0), 5);
	assert_true(precedence_oldest(table, 1, 0) == PRECEDENCE_NONE);
	assert_true(precedence_oldest(table, 0, 1) == PRECEDENCE_NONE);
	precedence_tell_any(table, 0, 7);
	assert_int_equal(precedence_oldest(table, 0, 0), 5);
	assert_int_equal(precedence_oldest(table, 1, 0), 7);
	precedence_tell(table, 0, 0, 0);
	assert_int_equal(precedence_oldest(table, 0, 0), 7);
}

static void
what_is_declined_holds_for_one_opening_of_one_worker(void **state)
{
	(void)state;
	precedence_tell_any(table, 0, 7);
	precedence_decline(table, 0, 0, 9, precedence_opened(table, 0));
	assert_int_equal(precedence_oldest(table, 0, 0), 9);
	assert_int_equal(precedence_oldest(table, 1, 0), 7);
	precedence_free(table, 0); /* some more room is no opening */
	assert_int_equal(precedence_oldest(table, 0, 0), 9);
	worker_publish(table);
	assert_int_equal(precedence_oldest(table, 0, 0), 7);
}

static void
a_worker_is_opened_when_it_was_full(void **state)
{
	uint64_t before = precedence_opened(table, 0);

	(void)state;
	worker_claim(table, 0, 0);
	worker_release(table, 0, 0);
	assert_int_equal(precedence_opened(table, 0), before);
	worker_claim(table, 0, 0);
	worker_claim(table, 0, 1);
	worker_release(table, 0, 0);
	assert_true(precedence_opened(table, 0) > before);
	assert_int_equal(precedence_opened(table, 1), before + 1);
}

/* One that begins to wait just then takes note of the opening, is told by the
 * policy that all are full, and is not yet seen by who gives the place back. */
static void
room_is_told_of_again_when_it_is_really_there(void **state)
{
	(void)state;
	worker_claim(table, 0, 0);
	worker_claim(table, 0, 1);
	worker_release(table, 0, 0);
	assert_true(precedence_freed(table, 0) > precedence_opened(table, 0));
	assert_true(precedence_openings(table) > precedence_opened(table, 0));
}

static void
the_dead_want_nothing_and_open_what_they_leave(void **state)
{
	uint64_t before;

	(void)state;
	worker_claim(table, 0, 0);
	worker_claim(table, 0, 0);
	precedence_tell(table, 0, 0, 3);
	precedence_tell_any(table, 0, 4);
	before = precedence_opened(table, 0);
	assert_true(worker_forget_proxy(table, 0));
	assert_true(precedence_oldest(table, 0, 0) == PRECEDENCE_NONE);
	assert_true(precedence_oldest(table, 1, 0) == PRECEDENCE_NONE);
	assert_true(precedence_opened(table, 0) > before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(tickets_grow, make_table),
	    cmocka_unit_test_setup(
		the_oldest_waits_for_this_worker_or_for_any, make_table),
	    cmocka_unit_test_setup(
		what_is_declined_holds_for_one_opening_of_one_worker,
		make_table),
	    cmocka_unit_test_setup(
		a_worker_is_opened_when_it_was_full, make_table),
	    cmocka_unit_test_setup(
		room_is_told_of_again_when_it_is_really_there, make_table),
	    cmocka_unit_test_setup(
		the_dead_want_nothing_and_open_what_they_leave, make_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
