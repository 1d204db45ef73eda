/* What src/control/membership.h promises. */
#include "membership.h"

#include "fixture.h"

static struct worker_table *table;
static struct membership_change change;

static int
make(void **state)
{
	(void)state;
	table = worker_table_new(4, 1);
	return 0;
}

/* Lists these workers, by the ports' digits: "123" are three. */
static void
apply(const char *ports)
{
	struct listed_worker workers[8];
	struct generation *generation;
	int count = 0;

	for (; ports[count] != '\0'; count++) {
		char name[8];

		snprintf(name, sizeof(name), "w%c", ports[count]);
		workers[count] = fixture_worker(
		    name, "127.0.0.1", ports[count] - '0');
	}
	generation = fixture_generation(
	    generation_writer_new(), workers, count);
	assert_true(membership_fits(table, generation));
	membership_apply(table, generation, &change);
	worker_publish(table);
	generation_close(generation);
}

static void
assert_changed(int added, int removed, int changed)
{
	assert_int_equal(change.added, added);
	assert_int_equal(change.removed, removed);
	assert_int_equal(change.changed, changed);
}

static void
what_is_listed_is_added_with_its_address(void **state)
{
	struct address address;

	(void)state;
	apply("12");
	assert_changed(2, 0, 0);
	assert_int_equal(membership_count(table), 2);
	assert_true(worker_address(table, worker_find(table, "w1"), &address));
	assert_int_equal(address.in.sin_port, htons(1));
}

static void
who_stays_keeps_row_state_and_counts(void **state)
{
	int slot;

	(void)state;
	apply("12");
	slot = worker_find(table, "w2");
	worker_set_state(table, slot, WORKER_UP, "");
	worker_count(table, slot, 0, false, 1);
	assert_true(worker_claim(table, slot, 0));
	apply("23");
	assert_changed(1, 1, 0);
	assert_int_equal(worker_find(table, "w2"), slot);
	assert_int_equal(worker_at(table, slot)->state, WORKER_UP);
	assert_int_equal(worker_at(table, slot)->inflight, 1);
	assert_true(worker_served(table, slot) == 1);
	assert_int_equal(worker_find(table, "w1"), -1);
}

static void
what_was_added_at_run_time_stays(void **state)
{
	struct listed_worker extra = fixture_worker("extra", "127.0.0.1", 9);

	(void)state;
	apply("1");
	assert_int_not_equal(membership_add(table, &extra, false), -1);
	apply("");
	assert_changed(0, 1, 0);
	assert_int_not_equal(worker_find(table, "extra"), -1);
}

static void
what_was_added_at_run_time_and_then_listed_goes_with_the_list(void **state)
{
	struct listed_worker extra = fixture_worker("w9", "127.0.0.1", 9);

	(void)state;
	membership_add(table, &extra, false);
	apply("9");
	assert_changed(0, 0, 0);
	apply("");
	assert_changed(0, 1, 0);
}

/* Whose name a worker at port 9, added by command, would take from the list:
 * the port, or 0 for nobody's. */
static int
namesake_of(const char *name, const struct listed_worker *list, int count)
{
	struct listed_worker extra = fixture_worker(name, "127.0.0.1", 9);
	struct generation *generation = fixture_generation(
	    generation_writer_new(), list, count);
	const struct listed_worker *listed;
	int slot = membership_add(table, &extra, false);
	int found = membership_namesake(table, generation, &listed);
	int port = found == -1 ? 0 : listed->port;

	assert_int_equal(found, found == -1 ? -1 : slot);
	generation_close(generation);
	worker_remove(table, slot);
	return port;
}

static void
a_name_that_was_added_cannot_be_listed_with_another_url(void **state)
{
	struct listed_worker list[] = {
	    fixture_worker("w1", "127.0.0.1", 1),
	    fixture_worker("w2", "127.0.0.1", 2),
	    fixture_worker("w9", "127.0.0.1", 9),
	};

	(void)state;
	apply("12");
	assert_int_equal(namesake_of("w3", list, 2), 0);
	assert_int_equal(namesake_of("w9", list, 2), 0);
	assert_int_equal(namesake_of("w1", list, 2), 1);
	assert_int_equal(namesake_of("w2", list, 2), 2);
	/* What is listed gets its name from the list. */
	assert_int_equal(namesake_of("w2", list, 3), 0);
	/* A name moves freely from one listed worker to another. */
	list[0] = fixture_worker("w2", "127.0.0.1", 1);
	assert_int_equal(namesake_of("w3", list, 1), 0);
}

static void
what_was_added_under_another_name_is_called_as_it_is_listed(void **state)
{
	struct listed_worker extra = fixture_worker("extra", "127.0.0.1", 9);
	int slot;

	(void)state;
	slot = membership_add(table, &extra, false);
	apply("9");
	assert_changed(0, 0, 1);
	assert_int_equal(worker_find(table, "w9"), slot);
	assert_int_equal(worker_find(table, "extra"), -1);
}

static void
weight_capacity_and_name_follow_the_list(void **state)
{
	struct listed_worker worker = fixture_worker("a", "127.0.0.1", 1);
	struct generation *generation;
	int slot;

	(void)state;
	apply("1");
	slot = worker_find(table, "w1");
	worker.weight = 2.5;
	worker.capacity = 3;
	generation = fixture_generation(generation_writer_new(), &worker, 1);
	membership_apply(table, generation, &change);
	generation_close(generation);
	assert_changed(0, 0, 1);
	assert_int_equal(worker_find(table, "a"), slot);
	assert_true(worker_at(table, slot)->weight == 2.5);
	assert_int_equal(worker_at(table, slot)->capacity, 3);
}

static void
more_than_the_table_holds_does_not_fit(void **state)
{
	struct listed_worker workers[5];
	struct generation *generation;

	(void)state;
	for (int i = 0; i < 5; i++)
		workers[i] = fixture_worker("w", "127.0.0.1", i + 1);
	generation = fixture_generation(generation_writer_new(), workers, 5);
	assert_false(membership_fits(table, generation));
	generation_close(generation);
	generation = fixture_generation(generation_writer_new(), workers, 4);
	assert_true(membership_fits(table, generation));
	generation_close(generation);
}

static void
who_comes_back_while_busy_needs_no_other_row(void **state)
{
	int slot;

	(void)state;
	apply("1234");
	slot = worker_find(table, "w2");
	assert_true(worker_claim(table, slot, 0));
	apply("134");
	assert_int_equal(worker_find(table, "w2"), -1);
	apply("1234");
	assert_changed(1, 0, 0);
	assert_int_equal(worker_find(table, "w2"), slot);
	assert_int_equal(worker_at(table, slot)->inflight, 1);
}

static void
hosts_are_told_from_addresses(void **state)
{
	static const struct {
		const char *host;
		int port;
		bool is_numeric;
		const char *text;
	} rows[] = {
	    {"10.0.0.1", 80, true, "10.0.0.1:80"},
	    {"::1", 80, true, "[::1]:80"},
	    {"/run/w.sock", 0, true, "unix:/run/w.sock"},
	    {"worker.example", 80, false, ""},
	    {"localhost", 80, false, ""},
	};
	struct address address;
	char text[ADDRESS_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct worker_identity identity = {.port = rows[i].port};

		snprintf(
		    identity.host, sizeof(identity.host), "%s", rows[i].host);
		assert_int_equal(membership_numeric(&identity, &address),
		    rows[i].is_numeric);
		if (!rows[i].is_numeric)
			continue;
		address_text(&address, text);
		assert_string_equal(text, rows[i].text);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, make)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_listed_is_added_with_its_address),
	    TEST(who_stays_keeps_row_state_and_counts),
	    TEST(what_was_added_at_run_time_stays),
	    TEST(what_was_added_at_run_time_and_then_listed_goes_with_the_list),
	    TEST(a_name_that_was_added_cannot_be_listed_with_another_url),
	    TEST(what_was_added_under_another_name_is_called_as_it_is_listed),
	    TEST(weight_capacity_and_name_follow_the_list),
	    TEST(more_than_the_table_holds_does_not_fit),
	    TEST(who_comes_back_while_busy_needs_no_other_row),
	    TEST(hosts_are_told_from_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
