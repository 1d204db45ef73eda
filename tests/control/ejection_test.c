/* What src/control/ejection.h promises. */
#include "ejection.h"

#include "fixture.h"

#define SECOND 1000000ull

enum { WORKERS = 4 };

static struct worker_table *table;
static struct config config;

/* In place of control.c. */
void
control_changed(struct control *changed)
{
	(void)changed;
}

static int
make(void **state)
{
	(void)state;
	clock_cached_us = 1000 * SECOND;
	memset(&config, 0, sizeof(config));
	config.ejection.failures = 3;
	config.ejection.time_us = 10 * SECOND;
	config.ejection.max_time_us = 35 * SECOND;
	config.ejection.share = 0.5;
	table = worker_table_new(WORKERS, 2);
	for (int i = 0; i < WORKERS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "w%d", i);
		worker_add(table, name, name, "h", 1, 1, 1, true);
		worker_set_state(table, i, WORKER_UP, "");
	}
	return 0;
}

static int
state_of(int slot)
{
	return worker_at(table, slot)->state;
}

static void
let_fail(int slot, int times)
{
	for (int i = 0; i < times; i++)
		worker_count(table, slot, i % 2, true, 0);
}

static bool
look_after(uint64_t us)
{
	clock_cached_us += us;
	return ejection_look(table, &config);
}

static int
count_ejected(void)
{
	int ejected = 0;

	for (int i = 0; i < WORKERS; i++)
		ejected += state_of(i) == WORKER_EJECTED;
	return ejected;
}

static void
failures_in_a_row_eject_a_worker(void **state)
{
	(void)state;
	let_fail(0, 2);
	assert_false(look_after(0));
	assert_int_equal(state_of(0), WORKER_UP);
	let_fail(0, 1);
	assert_true(look_after(0));
	assert_int_equal(state_of(0), WORKER_EJECTED);
	assert_false(worker_is_available(worker_at(table, 0)));
	assert_string_equal(
	    worker_identity(table, 0)->reason, "3 attempts failed in a row");
	assert_false(look_after(0));
}

static void
a_good_answer_ends_the_row(void **state)
{
	(void)state;
	let_fail(0, 2);
	worker_did_well(table, 0);
	let_fail(0, 2);
	assert_false(look_after(0));
}

static void
an_ejected_worker_returns_when_its_time_is_over(void **state)
{
	(void)state;
	let_fail(0, 3);
	look_after(0);
	assert_false(look_after(10 * SECOND - 1));
	assert_true(look_after(1));
	assert_int_equal(state_of(0), WORKER_UP);
	assert_false(look_after(0)); /* and begins a new row */
}

static void
the_time_doubles_up_to_the_longest(void **state)
{
	static const uint64_t seconds[] = {10, 20, 35, 35};

	(void)state;
	for (int i = 0; i < 4; i++) {
		let_fail(0, 3);
		look_after(SECOND);
		assert_int_equal(state_of(0), WORKER_EJECTED);
		assert_int_equal(worker_identity(table, 0)->ejected_for_us,
		    seconds[i] * SECOND);
		look_after(seconds[i] * SECOND);
		assert_int_equal(state_of(0), WORKER_UP);
	}
	assert_int_equal(worker_identity(table, 0)->ejections, 4);
}

static void
who_has_served_long_starts_again_with_the_first_time(void **state)
{
	(void)state;
	let_fail(0, 3);
	look_after(0);
	look_after(10 * SECOND);
	look_after(35 * SECOND);
	let_fail(0, 3);
	look_after(0);
	assert_int_equal(
	    worker_identity(table, 0)->ejected_for_us, 10 * SECOND);
}

static void
only_a_share_is_ejected(void **state)
{
	(void)state;
	for (int i = 0; i < WORKERS; i++)
		let_fail(i, 3);
	look_after(0);
	assert_int_equal(count_ejected(), 2);
	look_after(0);
	assert_int_equal(count_ejected(), 2);
}

static void
one_may_be_ejected_however_small_the_share(void **state)
{
	(void)state;
	config.ejection.share = 0;
	for (int i = 0; i < WORKERS; i++)
		let_fail(i, 3);
	look_after(0);
	assert_int_equal(count_ejected(), 1);
}

static void
the_last_that_serves_is_never_ejected(void **state)
{
	(void)state;
	config.ejection.share = 1;
	for (int i = 0; i < WORKERS; i++)
		let_fail(i, 3);
	look_after(0);
	assert_int_equal(count_ejected(), WORKERS - 1);
}

static void
a_draining_worker_does_not_serve_in_its_place(void **state)
{
	(void)state;
	for (int i = 1; i < WORKERS; i++)
		worker_at(table, i)->draining = 1;
	let_fail(0, 3);
	look_after(0);
	assert_int_equal(state_of(0), WORKER_UP);
}

static void
the_ejected_return_at_once_when_all_others_are_down(void **state)
{
	(void)state;
	let_fail(0, 3);
	let_fail(1, 3);
	look_after(0);
	worker_set_state(table, 2, WORKER_DOWN, "");
	assert_false(look_after(0));
	worker_set_state(table, 3, WORKER_DOWN, "");
	assert_true(look_after(0));
	assert_int_equal(count_ejected(), 0);
}

static void
without_the_option_nobody_is_ejected_any_more(void **state)
{
	(void)state;
	let_fail(0, 3);
	look_after(0);
	config.ejection.failures = 0;
	assert_true(look_after(0));
	let_fail(0, 100);
	assert_false(look_after(0));
}

#define TEST(name) cmocka_unit_test_setup(name, make)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(failures_in_a_row_eject_a_worker),
	    TEST(a_good_answer_ends_the_row),
	    TEST(an_ejected_worker_returns_when_its_time_is_over),
	    TEST(the_time_doubles_up_to_the_longest),
	    TEST(who_has_served_long_starts_again_with_the_first_time),
	    TEST(only_a_share_is_ejected),
	    TEST(one_may_be_ejected_however_small_the_share),
	    TEST(the_last_that_serves_is_never_ejected),
	    TEST(a_draining_worker_does_not_serve_in_its_place),
	    TEST(the_ejected_return_at_once_when_all_others_are_down),
	    TEST(without_the_option_nobody_is_ejected_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
