/* What src/control/health.h promises. */
#include "health.h"

#include "fixture.h"
#include "membership.h"
#include "net.h"

static struct control control;
static struct config config;
static int listener = -1, port, slot;
static int changes;

/* In place of control.c. */
void
control_changed(struct control *changed)
{
	(void)changed;
	changes++;
}

static void
listen_again(void)
{
	struct address address;
	const char *reason;

	address_parse(&address, "127.0.0.1:0", &reason);
	address.in.sin_port = htons((uint16_t)port);
	listener = net_listen(&address, false);
	assert_int_not_equal(listener, -1);
	net_local_address(listener, &address);
	port = ntohs(address.in.sin_port);
}

static void
hang_up(void)
{
	close(listener);
	listener = -1;
}

static void
add_worker(const char *host)
{
	struct listed_worker worker = fixture_worker("w", host, port);

	slot = membership_add(control.table, &worker, true);
	health_sync(control.health);
}

static int
make(void **state)
{
	(void)state;
	port = 0;
	listen_again();
	changes = 0;
	memset(&config, 0, sizeof(config));
	config.health.kind = HEALTH_TCP;
	config.health.interval_us = 1000;
	config.health.timeout_us = 20000000;
	config.health.rise = 2;
	config.health.fall = 3;
	control.config = &config;
	control.base = event_base_new();
	control.table = worker_table_new(2, 1);
	control.health = health_new(&control);
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	health_free(control.health);
	event_base_free(control.base);
	if (listener != -1)
		hang_up();
	return 0;
}

static int
state_of_worker(void)
{
	return worker_at(control.table, slot)->state;
}

static bool
is_up(void)
{
	return state_of_worker() == WORKER_UP;
}

static bool
is_down(void)
{
	return state_of_worker() == WORKER_DOWN;
}

static void
the_first_good_check_makes_a_worker_be_up(void **state)
{
	(void)state;
	config.health.rise = 1000000;
	add_worker("127.0.0.1");
	assert_int_equal(state_of_worker(), WORKER_STARTING);
	fixture_run(control.base, is_up);
	assert_int_equal(changes, 1);
}

static void
the_first_failed_check_makes_a_worker_be_down(void **state)
{
	(void)state;
	config.health.fall = 1000000;
	hang_up();
	add_worker("127.0.0.1");
	fixture_run(control.base, is_down);
	assert_string_not_equal(
	    worker_identity(control.table, slot)->reason, "");
}

static void
workers_go_down_and_come_back(void **state)
{
	(void)state;
	add_worker("127.0.0.1");
	fixture_run(control.base, is_up);
	hang_up();
	fixture_run(control.base, is_down);
	listen_again();
	fixture_run(control.base, is_up);
	assert_int_equal(changes, 3);
	assert_string_equal(worker_identity(control.table, slot)->reason, "");
}

static void
without_checks_an_address_is_enough(void **state)
{
	(void)state;
	config.health.kind = HEALTH_NONE;
	hang_up();
	add_worker("127.0.0.1");
	fixture_run(control.base, is_up);
}

static void
a_worker_without_an_address_waits_for_it(void **state)
{
	struct address address;
	const char *reason;

	(void)state;
	config.health.kind = HEALTH_NONE;
	add_worker("some.name");
	health_on_no_address(control.health, slot, "no such name");
	fixture_run(control.base, is_down);
	assert_string_equal(
	    worker_identity(control.table, slot)->reason, "no such name");
	address_parse(&address, "127.0.0.1:1", &reason);
	worker_set_address(control.table, slot, &address);
	health_on_address(control.health, slot);
	fixture_run(control.base, is_up);
}

static void
settings_that_change_are_followed(void **state)
{
	(void)state;
	config.health.interval_us = 3600000000;
	hang_up();
	add_worker("127.0.0.1");
	fixture_run(control.base, is_down);
	config.health.kind = HEALTH_NONE;
	health_restart(control.health);
	fixture_run(control.base, is_up);
}

static void
a_removed_worker_is_left_alone(void **state)
{
	(void)state;
	add_worker("127.0.0.1");
	worker_remove(control.table, slot);
	health_sync(control.health);
	/* No event is left, so the loop ends by itself. */
	assert_int_equal(event_base_loop(control.base, 0), 1);
	assert_int_equal(state_of_worker(), WORKER_REMOVED);
}

static void
a_row_used_again_is_a_new_worker(void **state)
{
	int first;

	(void)state;
	add_worker("127.0.0.1");
	fixture_run(control.base, is_up);
	first = slot;
	worker_remove(control.table, slot);
	worker_publish(control.table);
	worker_sweep(control.table);
	hang_up();
	config.health.fall = 1000000;
	add_worker("127.0.0.1");
	assert_int_equal(slot, first);
	fixture_run(control.base, is_down);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_first_good_check_makes_a_worker_be_up),
	    TEST(the_first_failed_check_makes_a_worker_be_down),
	    TEST(workers_go_down_and_come_back),
	    TEST(without_checks_an_address_is_enough),
	    TEST(a_worker_without_an_address_waits_for_it),
	    TEST(settings_that_change_are_followed),
	    TEST(a_removed_worker_is_left_alone),
	    TEST(a_row_used_again_is_a_new_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
