/* What src/proxy/proxy.h promises.  The supervisor is played here, before a
 * proxy in a process of its own. */
#include "proxy.h"

#include <poll.h>
#include <sys/wait.h>

#include "channel.h"
#include "peers.h"

static struct gateway *gateway;
static int channel; /* to the proxy */
static pid_t pid;

static int
start(void **state)
{
	int ends[2], fd;

	(void)state;
	site_default_config();
	gateway = gateway_new(4, 1);
	gateway->config = &site.config;
	gateway->processes[1].generation = 1;
	assert_true(channel_pair(ends));
	fd = site_generation(site_first_free);
	pid = fork();
	if (pid == 0)
		exit(proxy_run(gateway, 0, ends[1], fd));
	close(ends[1]);
	close(fd);
	channel = ends[0];
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	close(channel);
	gateway_free(gateway);
	return 0;
}

static void
tell(enum message_type type, int fd)
{
	struct message message = {.type = (int32_t)type, .generation = 2};

	assert_true(channel_send(channel, &message, fd));
	if (fd != -1)
		close(fd);
}

static void
hear_answer(enum message_type type)
{
	struct pollfd readable = {.fd = channel, .events = POLLIN};
	struct message message;
	int fd;

	assert_int_equal(poll(&readable, 1, PEERS_PATIENCE_US / 1000), 1);
	assert_int_equal(channel_receive(channel, &message, &fd), 1);
	assert_int_equal(message.type, type);
}

static int
exit_status(void)
{
	struct message drain = {.type = MESSAGE_DRAIN};
	int status;

	channel_send(channel, &drain, -1); /* it may have ended before */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
what_is_prepared_is_used_with_the_swap(void **state)
{
	(void)state;
	tell(MESSAGE_PREPARE, site_generation(site_first_free));
	hear_answer(MESSAGE_PREPARED);
	assert_int_equal(gateway->processes[1].generation, 1);
	tell(MESSAGE_SWAP, -1);
	assert_int_equal(exit_status(), 0);
	assert_int_equal(gateway->processes[1].generation, 2);
}

static void
what_is_refused_and_aborted_changes_nothing(void **state)
{
	(void)state;
	tell(MESSAGE_PREPARE, site_generation("return 1"));
	hear_answer(MESSAGE_REFUSED);
	tell(MESSAGE_ABORT, -1);
	assert_int_equal(exit_status(), 0);
	assert_int_equal(gateway->processes[1].generation, 1);
}

static void
who_has_refused_what_is_current_now_ends(void **state)
{
	(void)state;
	tell(MESSAGE_PREPARE, site_generation("return 1"));
	hear_answer(MESSAGE_REFUSED);
	tell(MESSAGE_SWAP, -1);
	assert_int_equal(exit_status(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_prepared_is_used_with_the_swap),
	    TEST(what_is_refused_and_aborted_changes_nothing),
	    TEST(who_has_refused_what_is_current_now_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
