/* Who is a worker, what it has, and when a row may be used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "worker.h"
#include "worker_table.h"

enum { ROWS = 4, PROXIES = 3 };

static struct worker_table *table;

static int
make_table(void **state)
{
	(void)state;
	table = worker_table_new(ROWS, PROXIES);
	return 0;
}

static int
add(const char *name)
{
	char url[64];

	snprintf(url, sizeof(url), "http://%s:80", name);
	return worker_add(table, name, url, name, 80, 1, 2, true);
}

static int
add_up(const char *name)
{
	int slot = add(name);

	worker_set_state(table, slot, WORKER_UP, "");
	worker_publish(table);
	return slot;
}

static void
an_added_worker_is_not_available_before_it_is_up(void **state)
{
	int slot = add("a");

	(void)state;
	assert_int_equal(worker_at(table, slot)->state, WORKER_STARTING);
	assert_false(worker_is_available(worker_at(table, slot)));
	worker_set_state(table, slot, WORKER_UP, "");
	assert_true(worker_is_available(worker_at(table, slot)));
}

static void
a_draining_worker_is_not_available(void **state)
{
	int slot = add_up("a");

	(void)state;
	worker_at(table, slot)->draining = 1;
	assert_false(worker_is_available(worker_at(table, slot)));
}

static void
workers_are_found_by_name_and_by_url_until_removed(void **state)
{
	int slot = add_up("a");

	(void)state;
	assert_int_equal(worker_find(table, "a"), slot);
	assert_int_equal(worker_find(table, "http://a:80"), slot);
	assert_int_equal(worker_find(table, "b"), -1);
	worker_remove(table, slot);
	assert_int_equal(worker_find(table, "a"), -1);
}

static void
a_full_table_takes_no_more(void **state)
{
	(void)state;
	for (int i = 0; i < ROWS; i++)
		assert_int_not_equal(add((char[]){'a' + i, '\0'}), -1);
	assert_int_equal(add("z"), -1);
}

static void
publishing_moves_the_membership_and_never_to_0(void **state)
{
	uint32_t before = worker_membership(table);

	(void)state;
	worker_publish(table);
	assert_int_not_equal(worker_membership(table), before);
	table->membership = UINT32_MAX;
	worker_publish(table);
	assert_int_equal(worker_membership(table), 1);
}

static void
a_removed_row_stays_taken_while_a_request_is_there(void **state)
{
	int slot = add_up("a");

	(void)state;
	assert_true(worker_claim(table, slot, 0));
	worker_remove(table, slot);
	worker_publish(table);
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_REMOVED);
	worker_release(table, slot, 0);
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_FREE);
}

static void
a_removed_row_stays_taken_until_every_proxy_took_note(void **state)
{
	int slot = add_up("a");

	(void)state;
	worker_take_note(table, 0, worker_membership(table));
	worker_take_note(table, 2, worker_membership(table));
	worker_remove(table, slot);
	worker_publish(table);
	worker_take_note(table, 2, worker_membership(table));
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_REMOVED);
	worker_take_note(table, 0, worker_membership(table));
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_FREE);
}

static void
a_dead_proxy_holds_up_no_row(void **state)
{
	int slot = add_up("a");

	(void)state;
	worker_take_note(table, 1, worker_membership(table));
	worker_remove(table, slot);
	worker_publish(table);
	assert_true(worker_forget_proxy(table, 1));
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_FREE);
}

static void
a_row_used_again_remembers_nothing(void **state)
{
	int slot = add_up("a");
	uint32_t version = worker_at(table, slot)->version;
	struct histogram latency;

	(void)state;
	worker_count(table, slot, 0, false, 1000);
	worker_count(table, slot, 1, true, 1000);
	worker_warm(table, slot, 7);
	worker_at(table, slot)->draining = 1;
	worker_remove(table, slot);
	worker_publish(table);
	worker_sweep(table);
	assert_int_equal(add("b"), slot);
	assert_int_not_equal(worker_at(table, slot)->version, version);
	assert_true(worker_served(table, slot) == 0);
	assert_true(worker_failed(table, slot) == 0);
	assert_true(worker_at(table, slot)->latency_ms == 0);
	assert_false(worker_is_warm(table, slot, 7, 1000));
	assert_int_equal(worker_at(table, slot)->draining, 0);
	worker_latency(table, slot, &latency);
	assert_int_equal(latency.count, 0);
}

static void
a_removed_worker_that_comes_back_has_what_it_had(void **state)
{
	int slot = add_up("a");
	uint32_t version = worker_at(table, slot)->version;

	(void)state;
	assert_true(worker_claim(table, slot, 0));
	worker_count(table, slot, 0, false, 1000);
	worker_at(table, slot)->draining = 1;
	worker_remove(table, slot);
	worker_publish(table);
	assert_int_not_equal(add("b"), slot);
	assert_int_equal(add_up("a"), slot);
	assert_int_not_equal(worker_at(table, slot)->version, version);
	assert_true(worker_is_available(worker_at(table, slot)));
	assert_true(worker_served(table, slot) == 1);
	assert_true(worker_claim(table, slot, 1));
	assert_false(worker_claim(table, slot, 1)); /* it takes 2 */
	worker_sweep(table);
	assert_int_equal(worker_at(table, slot)->state, WORKER_UP);
}

static void
a_worker_has_no_address_before_it_is_set(void **state)
{
	int slot = add("a");
	struct address address, got;
	const char *reason;

	(void)state;
	assert_false(worker_address(table, slot, &got));
	assert_true(address_parse(&address, "127.0.0.1:80", &reason));
	worker_set_address(table, slot, &address);
	assert_true(worker_address(table, slot, &got));
	assert_true(address_equal(&address, &got));
}

static void
an_address_half_written_is_not_read_and_can_be_set_anew(void **state)
{
	int slot = add("a");
	struct address address, got;
	const char *reason;

	(void)state;
	assert_true(address_parse(&address, "127.0.0.1:80", &reason));
	worker_identity(table, slot)->address_version |= 1;
	assert_false(worker_address(table, slot, &got));
	worker_set_address(table, slot, &address);
	assert_true(worker_address(table, slot, &got));
}

static void
answers_and_failures_are_summed_over_the_proxies(void **state)
{
	int slot = add_up("a");
	struct histogram latency;

	(void)state;
	for (int proxy = 0; proxy < PROXIES; proxy++)
		worker_count(table, slot, proxy, false, 1000);
	worker_count(table, slot, 1, true, 1000);
	assert_true(worker_served(table, slot) == PROXIES);
	assert_true(worker_failed(table, slot) == 1);
	worker_latency(table, slot, &latency);
	assert_int_equal(latency.count, PROXIES);
}

static void
the_latency_average_begins_with_the_first_and_follows(void **state)
{
	int slot = add_up("a");
	struct worker *worker = worker_at(table, slot);

	(void)state;
	worker_count(table, slot, 0, false, 8000);
	assert_true(worker->latency_ms == 8);
	worker_count(table, slot, 1, false, 16000);
	assert_true(worker->latency_ms == 9);
	worker_count(table, slot, 1, true, 1);
	assert_true(worker->latency_ms == 9);
}

static void
failures_in_a_row_are_counted_over_the_proxies(void **state)
{
	int slot = add_up("a");
	struct worker *worker = worker_at(table, slot);

	(void)state;
	worker_count(table, slot, 0, true, 0);
	worker_count(table, slot, 1, true, 0);
	worker_count(table, slot, 1, false, 8000); /* no whole answer yet */
	assert_int_equal(worker->failures, 2);
	worker_did_well(table, slot);
	assert_int_equal(worker->failures, 0);
}

static void
who_comes_up_has_not_failed_yet(void **state)
{
	int slot = add_up("a");

	(void)state;
	worker_count(table, slot, 0, true, 0);
	worker_set_state(table, slot, WORKER_DOWN, "");
	worker_set_state(table, slot, WORKER_UP, "");
	assert_int_equal(worker_at(table, slot)->failures, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, make_table)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_added_worker_is_not_available_before_it_is_up),
	    TEST(a_draining_worker_is_not_available),
	    TEST(workers_are_found_by_name_and_by_url_until_removed),
	    TEST(a_full_table_takes_no_more),
	    TEST(publishing_moves_the_membership_and_never_to_0),
	    TEST(a_removed_row_stays_taken_while_a_request_is_there),
	    TEST(a_removed_row_stays_taken_until_every_proxy_took_note),
	    TEST(a_dead_proxy_holds_up_no_row),
	    TEST(a_row_used_again_remembers_nothing),
	    TEST(a_removed_worker_that_comes_back_has_what_it_had),
	    TEST(a_worker_has_no_address_before_it_is_set),
	    TEST(an_address_half_written_is_not_read_and_can_be_set_anew),
	    TEST(answers_and_failures_are_summed_over_the_proxies),
	    TEST(the_latency_average_begins_with_the_first_and_follows),
	    TEST(failures_in_a_row_are_counted_over_the_proxies),
	    TEST(who_comes_up_has_not_failed_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
