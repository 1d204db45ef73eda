/* What src/control/control.h promises.  The supervisor is played here. */
#include "control.h"

#include "fixture.h"

static void
a_successor_finishes_the_reload_that_its_predecessor_began(void **state)
{
	struct listed_worker worker = fixture_worker("new", "127.0.0.1", 1);
	struct generation_writer *writer = generation_writer_new();
	struct message drain = {.type = MESSAGE_DRAIN};
	struct gateway *gateway = gateway_new(4, 1);
	int fd = generation_file(), ends[2];

	(void)state;
	generation_write_policy(writer, "p.lua", "return {}", 9, "{}");
	generation_write_worker(writer, &worker);
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	assert_true(channel_pair(ends));
	gateway->config_path = "scheduler.lua";
	gateway->generation = 2;
	worker_set_generation(gateway->workers, 1);
	assert_true(channel_send(ends[1], &drain, -1));
	assert_int_equal(control_run(gateway, ends[0], fd, -1), 0);
	assert_int_not_equal(worker_find(gateway->workers, "new"), -1);
	assert_int_equal(worker_generation(gateway->workers), 2);
	gateway_free(gateway);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_successor_finishes_the_reload_that_its_predecessor_began),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
