/* The memory of what each worker used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clock.h"
#include "worker.h"
#include "worker_table.h"

static struct worker_table *table;

static int
make_table(void **state)
{
	(void)state;
	table = worker_table_new(2, 1);
	clock_cached_us = 1000 * (uint64_t)1000000;
	return 0;
}

static void
advance(uint64_t seconds)
{
	clock_cached_us += seconds * 1000000;
}

static void
a_name_is_warm_where_it_was_used_and_nowhere_else(void **state)
{
	uint32_t hash = worker_hash_function("echo", 4);

	(void)state;
	assert_false(worker_is_warm(table, 0, hash, 60));
	worker_warm(table, 0, hash);
	assert_true(worker_is_warm(table, 0, hash, 60));
	assert_false(worker_is_warm(table, 1, hash, 60));
}

static void
warmth_ends_when_its_time_is_over_and_use_renews_it(void **state)
{
	(void)state;
	worker_warm(table, 0, 5);
	advance(60);
	assert_true(worker_is_warm(table, 0, 5, 60));
	advance(1);
	assert_false(worker_is_warm(table, 0, 5, 60));
	worker_warm(table, 0, 5);
	assert_true(worker_is_warm(table, 0, 5, 60));
}

static void
the_name_used_longest_ago_gives_way(void **state)
{
	uint32_t same = WARMTH_ENTRIES; /* hashes that share their ways */

	(void)state;
	for (uint32_t i = 0; i < WARMTH_WAYS; i++) {
		worker_warm(table, 0, i * same);
		advance(1);
	}
	worker_warm(table, 0, 0);
	worker_warm(table, 0, 100 * same);
	assert_true(worker_is_warm(table, 0, 0, 60));
	assert_false(worker_is_warm(table, 0, 1 * same, 60));
	assert_true(worker_is_warm(table, 0, 2 * same, 60));
	assert_true(worker_is_warm(table, 0, 100 * same, 60));
}

static void
use_in_the_first_second_of_the_clock_counts(void **state)
{
	(void)state;
	clock_cached_us = 1;
	worker_warm(table, 0, 5);
	assert_true(worker_is_warm(table, 0, 5, 0));
}

static void
a_package_is_not_the_function_of_its_name(void **state)
{
	(void)state;
	/* The published values of FNV-1a for "" and "a". */
	assert_int_equal(worker_hash_function("", 0), 0x811c9dc5);
	assert_int_equal(worker_hash_function("a", 1), 0xe40c292c);
	assert_int_equal(
	    worker_hash_package("a", 1), worker_hash_function("\0a", 2));
}

#define TEST(name) cmocka_unit_test_setup(name, make_table)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_name_is_warm_where_it_was_used_and_nowhere_else),
	    TEST(warmth_ends_when_its_time_is_over_and_use_renews_it),
	    TEST(the_name_used_longest_ago_gives_way),
	    TEST(use_in_the_first_second_of_the_clock_counts),
	    TEST(a_package_is_not_the_function_of_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
