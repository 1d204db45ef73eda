/* What src/supervisor/hub.h promises.  Control and two proxies are played
 * here, at the far ends of their channels. */
#include "hub.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "generation_writer.h"
#include "worker.h"

enum { CONTROL, PROXY_0, PROXY_1, ALL };

static struct supervisor supervisor;
static struct child children[ALL];
static int far[ALL];
static struct message heard;
static int heard_fd;

static int
make(void **state)
{
	(void)state;
	memset(&supervisor, 0, sizeof(supervisor));
	supervisor.gateway = gateway_new(4, 2);
	supervisor.gateway->generation = 1;
	worker_set_generation(supervisor.gateway->workers, 1);
	supervisor.successor = -1;
	supervisor.children = children;
	supervisor.generation = -1;
	supervisor.pending = -1;
	for (int i = 0; i < ALL; i++) {
		int ends[2];

		assert_true(channel_pair(ends));
		children[i].row = &supervisor.gateway->processes[i];
		children[i].channel = ends[0];
		far[i] = ends[1];
	}
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	for (int i = 0; i < ALL; i++) {
		close(far[i]);
		if (children[i].channel != -1)
			close(children[i].channel);
	}
	gateway_free(supervisor.gateway);
	if (supervisor.generation != -1)
		close(supervisor.generation);
	if (supervisor.pending != -1)
		close(supervisor.pending);
	return 0;
}

static bool
say(int row, enum message_type type, uint32_t number, int fd)
{
	struct message message = {.type = (int32_t)type, .generation = number};

	assert_true(channel_send(far[row], &message, fd));
	return hub_read(&supervisor, row);
}

static bool
hears(int row, enum message_type type)
{
	return channel_receive(far[row], &heard, &heard_fd) == 1 &&
	       heard.type == (int32_t)type;
}

static void
assert_silence(int row)
{
	assert_int_equal(channel_receive(far[row], &heard, &heard_fd), 0);
}

static int
make_generation(void)
{
	struct generation_writer *writer = generation_writer_new();
	int fd = generation_file();

	generation_writer_config(writer)->timeouts_us.drain = 7;
	generation_write_policy(writer, "p.lua", "", 0, "{}");
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	return fd;
}

static void
prepare(uint32_t number)
{
	int fd = make_generation();

	assert_false(say(CONTROL, MESSAGE_PREPARE, number, fd));
	close(fd);
	for (int row = PROXY_0; row < ALL; row++) {
		assert_true(hears(row, MESSAGE_PREPARE));
		assert_int_equal(heard.generation, number);
		assert_int_not_equal(heard_fd, -1);
		close(heard_fd);
	}
}

static void
a_generation_becomes_current_with_the_swap(void **state)
{
	(void)state;
	prepare(2);
	assert_int_equal(supervisor.gateway->generation, 1);
	say(CONTROL, MESSAGE_SWAP, 2, -1);
	assert_true(hears(PROXY_0, MESSAGE_SWAP));
	assert_true(hears(PROXY_1, MESSAGE_SWAP));
	assert_int_equal(supervisor.gateway->generation, 2);
	assert_int_not_equal(supervisor.generation, -1);
	assert_int_equal(supervisor.pending, -1);
	assert_int_equal(supervisor.drain_us, 7);
}

static void
a_generation_that_is_aborted_is_forgotten(void **state)
{
	(void)state;
	prepare(2);
	say(CONTROL, MESSAGE_ABORT, 2, -1);
	assert_true(hears(PROXY_0, MESSAGE_ABORT));
	assert_true(hears(PROXY_1, MESSAGE_ABORT));
	say(CONTROL, MESSAGE_SWAP, 2, -1);
	assert_silence(PROXY_0);
	assert_int_equal(supervisor.gateway->generation, 1);
	assert_int_equal(supervisor.generation, -1);
}

static void
proxies_answer_control_under_their_own_number(void **state)
{
	(void)state;
	say(PROXY_1, MESSAGE_REFUSED, 2, -1);
	assert_true(hears(CONTROL, MESSAGE_REFUSED));
	assert_int_equal(heard.process, PROXY_1);
	assert_silence(PROXY_0);
}

static void
a_proxy_has_no_orders_to_give(void **state)
{
	static const enum message_type orders[] = {MESSAGE_STOP, MESSAGE_SWAP,
	    MESSAGE_PREPARE, MESSAGE_DRAIN, MESSAGE_RELOAD};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		assert_false(say(PROXY_0, orders[i], 2, -1));
	assert_silence(CONTROL);
	assert_silence(PROXY_1);
	assert_int_equal(supervisor.pending, -1);
}

static void
membership_goes_to_all_proxies(void **state)
{
	(void)state;
	say(CONTROL, MESSAGE_MEMBERSHIP, 0, -1);
	assert_true(hears(PROXY_0, MESSAGE_MEMBERSHIP));
	assert_true(hears(PROXY_1, MESSAGE_MEMBERSHIP));
	assert_silence(CONTROL);
}

static void
control_may_ask_to_stop_and_once_is_enough(void **state)
{
	(void)state;
	assert_true(say(CONTROL, MESSAGE_STOP, 0, -1));
	supervisor.is_stopping = true;
	assert_false(say(CONTROL, MESSAGE_STOP, 0, -1));
}

static void
a_channel_whose_other_end_is_gone_is_closed(void **state)
{
	(void)state;
	close(far[PROXY_0]);
	far[PROXY_0] = -1;
	assert_false(hub_read(&supervisor, PROXY_0));
	assert_int_equal(children[PROXY_0].channel, -1);
	say(CONTROL, MESSAGE_MEMBERSHIP, 0, -1);
	assert_true(hears(PROXY_1, MESSAGE_MEMBERSHIP));
}

static void
assert_no_upgrade(void)
{
	say(CONTROL, MESSAGE_UPGRADE, 0, -1);
	assert_int_equal(supervisor.successor, -1);
	assert_true(hears(CONTROL, MESSAGE_UPGRADE));
	assert_non_null(strstr(heard.text, "a reload"));
}

static void
no_upgrade_begins_while_a_reload_changes_the_workers(void **state)
{
	(void)state;
	prepare(2);
	assert_no_upgrade();
	say(CONTROL, MESSAGE_SWAP, 2, -1);
	assert_no_upgrade();
}

static void
all_are_told_to_open_their_logs_anew(void **state)
{
	(void)state;
	hub_reopen(&supervisor);
	for (int row = CONTROL; row < ALL; row++)
		assert_true(hears(row, MESSAGE_REOPEN));
}

/* --- control that dies --- */

static int manager; /* the service manager's socket */

static void
open_manager(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	socklen_t len;

	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(at.sun_path + 1,
			      sizeof(at.sun_path) - 1, "hub_test_%d",
			      (int)getpid()));
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&at, len), 0);
	at.sun_path[0] = '@';
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
}

static void
close_manager(void)
{
	unsetenv("NOTIFY_SOCKET");
	close(manager);
}

static const char *
last_status(void)
{
	static char text[512];
	ssize_t len;

	while ((len = recv(manager, text, sizeof(text) - 1, 0)) > 0)
		text[len] = '\0';
	return text;
}

/* Control says this and dies, and the supervisor hears of its death first. */
static void
say_and_die(const enum message_type *said, int count, int fd)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < count; i++) {
			struct message message = {
			    .type = (int32_t)said[i], .generation = 2};

			channel_send(far[CONTROL], &message,
			    said[i] == MESSAGE_PREPARE ? fd : -1);
		}
		_exit(0);
	}
	supervisor.gateway->processes[CONTROL].pid = pid;
	assert_int_equal(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0);
	assert_false(hub_reap(&supervisor, 1));
	assert_int_equal(supervisor.gateway->processes[CONTROL].pid, 0);
}

static void
a_proxy_that_dies_refuses_what_is_prepared(void **state)
{
	(void)state;
	prepare(2);
	children_bury(&supervisor, PROXY_1, SIGSEGV, 1);
	assert_true(hears(CONTROL, MESSAGE_REFUSED));
	assert_int_equal(heard.process, PROXY_1);
	assert_int_equal(heard.generation, 2);
	assert_non_null(strstr(heard.text, "killed by signal 11"));
	say(CONTROL, MESSAGE_ABORT, 2, -1);
	children_bury(&supervisor, PROXY_0, SIGSEGV, 1);
	assert_silence(CONTROL);
}

static void
what_control_said_last_still_counts(void **state)
{
	static const enum message_type all[] = {
	    MESSAGE_RELOADING, MESSAGE_PREPARE, MESSAGE_SWAP};
	int fd = make_generation();

	(void)state;
	open_manager();
	say_and_die(all, 3, fd);
	close(fd);
	for (int row = PROXY_0; row < ALL; row++) {
		assert_true(hears(row, MESSAGE_PREPARE));
		close(heard_fd);
		assert_true(hears(row, MESSAGE_SWAP));
		assert_silence(row);
	}
	assert_int_equal(supervisor.gateway->generation, 2);
	assert_non_null(strstr(last_status(), "Serving"));
	close_manager();
}

static void
what_is_prepared_dies_with_control(void **state)
{
	static const enum message_type some[] = {
	    MESSAGE_RELOADING, MESSAGE_PREPARE};
	int fd = make_generation();

	(void)state;
	open_manager();
	say_and_die(some, 2, fd);
	close(fd);
	for (int row = PROXY_0; row < ALL; row++) {
		assert_true(hears(row, MESSAGE_PREPARE));
		close(heard_fd);
		assert_true(hears(row, MESSAGE_ABORT));
	}
	assert_int_equal(supervisor.gateway->generation, 1);
	assert_int_equal(supervisor.pending, -1);
	assert_non_null(strstr(last_status(), "control has died"));
	close_manager();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_generation_becomes_current_with_the_swap),
	    TEST(a_generation_that_is_aborted_is_forgotten),
	    TEST(proxies_answer_control_under_their_own_number),
	    TEST(a_proxy_has_no_orders_to_give),
	    TEST(membership_goes_to_all_proxies),
	    TEST(control_may_ask_to_stop_and_once_is_enough),
	    TEST(a_channel_whose_other_end_is_gone_is_closed),
	    TEST(no_upgrade_begins_while_a_reload_changes_the_workers),
	    TEST(all_are_told_to_open_their_logs_anew),
	    TEST(a_proxy_that_dies_refuses_what_is_prepared),
	    TEST(what_control_said_last_still_counts),
	    TEST(what_is_prepared_dies_with_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
