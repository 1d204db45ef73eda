/* What src/control/slow_start.h promises. */
#include "slow_start.h"

#include "fixture.h"

#define SECOND 1000000ull

static struct worker_table *table;
static struct config config;
static struct worker *worker;

static int
make(void **state)
{
	(void)state;
	clock_cached_us = 1000 * SECOND;
	config.health.slow_start_us = 10 * SECOND;
	table = worker_table_new(2, 1);
	worker_add(table, "w", "w", "h", 1, 4, 1, true);
	worker = worker_at(table, 0);
	return 0;
}

static bool
look_after(uint64_t us)
{
	clock_cached_us += us;
	return slow_start_look(table, &config);
}

static void
come_up(void)
{
	look_after(0);
	worker_set_state(table, 0, WORKER_UP, "");
	look_after(0);
}

static void
a_new_worker_begins_with_a_tenth_and_ends_with_all(void **state)
{
	(void)state;
	come_up();
	assert_true(worker->weight == 0.4);
	assert_true(look_after(5 * SECOND));
	assert_true(worker->weight == 2.4);
	assert_true(look_after(5 * SECOND));
	assert_true(worker->weight == 4);
	assert_false(look_after(SECOND));
	assert_true(worker_identity(table, 0)->weight == 4);
}

static void
steps_are_few(void **state)
{
	int changes = 0;

	(void)state;
	come_up();
	for (int i = 0; i < 1000; i++)
		changes += look_after(SECOND / 50);
	assert_int_equal(changes, 9);
}

static void
who_comes_back_begins_anew(void **state)
{
	static const enum worker_state states[] = {WORKER_DOWN, WORKER_EJECTED};

	(void)state;
	for (int i = 0; i < 2; i++) {
		come_up();
		look_after(10 * SECOND);
		worker_set_state(table, 0, states[i], "");
		look_after(0);
		worker_set_state(table, 0, WORKER_UP, "");
		look_after(0);
		assert_true(worker->weight == 0.4);
	}
}

static void
a_weight_that_is_changed_meanwhile_holds_in_part(void **state)
{
	(void)state;
	come_up();
	worker_set_weight(table, 0, 8);
	assert_true(worker->weight == 0.8);
	look_after(10 * SECOND);
	assert_true(worker->weight == 8);
}

static void
without_the_option_all_of_it_holds_at_once(void **state)
{
	(void)state;
	config.health.slow_start_us = 0;
	come_up();
	assert_true(worker->weight == 4);
}

static void
who_serves_in_full_goes_on_when_the_option_comes(void **state)
{
	(void)state;
	config.health.slow_start_us = 0;
	come_up();
	config.health.slow_start_us = 10 * SECOND;
	assert_false(look_after(SECOND));
	assert_true(worker->weight == 4);
}

#define TEST(name) cmocka_unit_test_setup(name, make)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_worker_begins_with_a_tenth_and_ends_with_all),
	    TEST(steps_are_few),
	    TEST(who_comes_back_begins_anew),
	    TEST(a_weight_that_is_changed_meanwhile_holds_in_part),
	    TEST(without_the_option_all_of_it_holds_at_once),
	    TEST(who_serves_in_full_goes_on_when_the_option_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
