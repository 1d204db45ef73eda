/* What is made before the forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "process.h"
#include "worker.h"

static void
a_gateway_has_control_and_its_proxies(void **state)
{
	struct gateway *gateway = gateway_new(8, 2);
	char text[24];

	(void)state;
	assert_int_equal(gateway->process_count, 3);
	assert_int_equal(worker_max(gateway->workers), 8);
	assert_string_equal(
	    process_name(&gateway->processes[0], text), "control");
	assert_string_equal(
	    process_name(&gateway->processes[1], text), "proxy/0");
	assert_string_equal(
	    process_name(&gateway->processes[2], text), "proxy/1");
	gateway_free(gateway);
}

static void
what_a_child_writes_is_seen_here(void **state)
{
	struct gateway *gateway = gateway_new(8, 1);
	uint64_t one = 1, woken = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		gateway->processes[1].counters.requests = 42;
		worker_add(
		    gateway->workers, "w", "http://w", "w", 80, 1, 1, true);
		_exit(write(gateway->wake[0], &one, 8) == 8 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(gateway->processes[1].counters.requests, 42);
	assert_int_equal(worker_find(gateway->workers, "w"), 0);
	assert_int_equal(read(gateway->wake[0], &woken, 8), 8);
	gateway_free(gateway);
}

static void
who_died_waits_for_nothing_and_has_counted_what_it_counted(void **state)
{
	struct gateway *gateway = gateway_new(8, 1);
	struct process *row = &gateway->processes[1];

	(void)state;
	row->queued = 3;
	row->queued_since_us = 1;
	row->counters.requests = 42;
	row->counters.connections_open = 7;
	process_clear(row);
	assert_int_equal(row->queued, 0);
	assert_int_equal(row->queued_since_us, 0);
	assert_int_equal(row->counters.connections_open, 0);
	assert_int_equal(row->counters.requests, 42);
	gateway_free(gateway);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_gateway_has_control_and_its_proxies),
	    cmocka_unit_test(what_a_child_writes_is_seen_here),
	    cmocka_unit_test(
		who_died_waits_for_nothing_and_has_counted_what_it_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
