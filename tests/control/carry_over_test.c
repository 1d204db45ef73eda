/* What src/control/carry_over.h promises. */
#include "carry_over.h"

#include "fixture.h"

#include <string.h>
#include <unistd.h>

#include "membership.h"

static struct worker_table *before, *after;

static struct generation *
lists(const char *name, double weight)
{
	struct listed_worker worker = fixture_worker(name, "127.0.0.1", 1);

	worker.weight = weight;
	return fixture_generation(generation_writer_new(), &worker, 1);
}

/* A table before, as configured, with a worker "w1" of weight 1. */
static int
make(void **state)
{
	struct generation *generation = lists("w1", 1);

	(void)state;
	before = worker_table_new(4, 1);
	after = worker_table_new(4, 1);
	membership_apply(before, generation, NULL);
	generation_close(generation);
	return 0;
}

/* The gateway is replaced by one that lists "w1" with this weight. */
static void
carry_over(double weight)
{
	struct generation *old = lists("w1", 1), *new = lists("w1", weight);
	int file = carry_over_write(before, old);

	assert_int_not_equal(file, -1);
	membership_apply(after, new, NULL);
	carry_over_read(file, after);
	generation_close(old);
	generation_close(new);
}

static double
weight_after(const char *name)
{
	return worker_identity(after, worker_find(after, name))->weight;
}

static void
what_was_added_is_there(void **state)
{
	struct listed_worker added = fixture_worker("w2", "127.0.0.1", 2);
	struct address address;
	int slot;

	(void)state;
	added.weight = 2.5;
	added.capacity = 7;
	membership_add(before, &added, false);
	carry_over(1);
	assert_int_equal(membership_count(after), 2);
	slot = worker_find(after, "w2");
	assert_int_equal(worker_at(after, slot)->capacity, 7);
	assert_true(weight_after("w2") == 2.5);
	assert_false(worker_identity(after, slot)->from_config);
	assert_true(worker_address(after, slot, &address));
}

static void
what_drained_drains(void **state)
{
	(void)state;
	worker_at(before, 0)->draining = 1;
	carry_over(1);
	assert_true(worker_at(after, 0)->draining);
}

static void
a_weight_by_command_holds(void **state)
{
	(void)state;
	worker_set_weight(before, 0, 3);
	carry_over(1);
	assert_true(weight_after("w1") == 3);
}

static void
a_weight_that_the_configuration_changed_is_the_configuration_s(void **state)
{
	(void)state;
	worker_set_weight(before, 0, 3);
	carry_over(2);
	assert_true(weight_after("w1") == 2);
}

static void
what_is_not_listed_any_more_is_gone(void **state)
{
	struct generation *old = lists("w1", 1);
	int file = carry_over_write(before, old);

	(void)state;
	carry_over_read(file, after);
	assert_int_equal(membership_count(after), 0);
	generation_close(old);
}

static void
what_makes_no_sense_is_left_out(void **state)
{
	static const char text
	    [] = "\n\t\t\nurl=x\nnonsense\nurl=http://127.0.0.1:3\tname=w3\t"
		 "host=127.0.0.1\tport=3\tcapacity=1\tweight=1\tcolour=red\n";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	close(ends[1]);
	carry_over_read(ends[0], after);
	assert_int_equal(membership_count(after), 1);
	assert_int_not_equal(worker_find(after, "w3"), -1);
	carry_over_read(-1, after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(what_was_added_is_there, make),
	    cmocka_unit_test_setup(what_drained_drains, make),
	    cmocka_unit_test_setup(a_weight_by_command_holds, make),
	    cmocka_unit_test_setup(
		a_weight_that_the_configuration_changed_is_the_configuration_s,
		make),
	    cmocka_unit_test_setup(what_is_not_listed_any_more_is_gone, make),
	    cmocka_unit_test_setup(what_makes_no_sense_is_left_out, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
