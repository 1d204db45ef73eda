/* Proves src/proxy/stream.c, on a pair of real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "address.h"
#include "net.h"
#include "stream.h"

static struct counters counters;
static struct loop *loop;
static struct stream stream;
static int peer;
static int readable, drained, broken;
static size_t read_max, taken_len; /* of one read; in all */

static void
on_readable(struct stream *s)
{
	ssize_t n = stream_read(s, read_max);

	readable++;
	if (n > 0)
		taken_len += n;
}

static void
on_drained(struct stream *s)
{
	(void)s;
	drained++;
}

static void
on_broken(struct stream *s, int error)
{
	(void)s;
	broken = error;
}

static const struct stream_calls calls = {
    .on_readable = on_readable,
    .on_drained = on_drained,
    .on_broken = on_broken,
};

static int
set_up(void **state)
{
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	loop = loop_new(&counters);
	readable = drained = broken = 0;
	read_max = 100;
	taken_len = 0;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	stream_open(&stream, loop, fds[0], &calls);
	peer = fds[1];
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stream_close(&stream);
	stream_close(&stream); /* once more is allowed */
	close(peer);
	loop_free(loop);
	return 0;
}

static void
turn(void)
{
	event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void
bytes_that_come_are_read(void **state)
{
	(void)state;
	assert_int_equal(write(peer, "hello", 5), 5);
	turn();
	assert_int_equal(readable, 1);
	assert_int_equal(taken_len, 5);
	assert_memory_equal(loop->input, "hello", 5);
	assert_int_equal(stream_read(&stream, 100), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
nothing_is_read_while_paused(void **state)
{
	(void)state;
	stream_pause(&stream);
	assert_int_equal(write(peer, "hello", 5), 5);
	turn();
	assert_int_equal(readable, 0);
	stream_resume(&stream);
	turn();
	assert_int_equal(readable, 1);
}

/* Sends more than the socket takes; returns how much. */
static size_t
fill(char *bytes, size_t size)
{
	size_t sent = 0;
	enum stream_result result;

	do {
		struct iovec iov = {bytes, size};

		result = stream_send(&stream, &iov, 1);
		sent += size;
	} while (result == STREAM_SENT);
	assert_int_equal(result, STREAM_WAITING);
	return sent;
}

static void
what_the_peer_does_not_take_is_kept_in_order(void **state)
{
	static char bytes[100000], taken[100000];
	size_t sent, got = 0;
	struct iovec more[2] = {{"last", 4}, {" words", 6}};

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 251;
	sent = fill(bytes, sizeof(bytes));
	assert_true(stream_is_waiting(&stream));
	assert_int_equal(stream_send(&stream, more, 2), STREAM_WAITING);
	sent += 10;
	while (got < sent) {
		ssize_t n = read(peer, taken, sizeof(taken));

		for (ssize_t i = 0; i < n; i++, got++)
			assert_int_equal(taken[i],
			    got < sent - 10 ? (char)(got % sizeof(bytes) % 251)
					    : "last words"[got - (sent - 10)]);
		turn();
	}
	assert_int_equal(drained, 1);
	assert_false(stream_is_waiting(&stream));
	assert_int_equal(stream_unsent(&stream), 0);
}

static void
a_peer_that_is_gone_breaks_the_stream(void **state)
{
	static char bytes[100000];
	struct iovec iov = {"x", 1};

	(void)state;
	fill(bytes, sizeof(bytes));
	close(peer);
	peer = -1;
	turn();
	assert_int_equal(broken, EPIPE);
	assert_int_equal(stream_send(&stream, &iov, 1), STREAM_BROKEN);
}

static void
a_paused_peer_that_leaves_is_noticed_when_asked(void **state)
{
	(void)state;
	stream_pause(&stream);
	assert_int_equal(write(peer, "hello", 5), 5);
	assert_false(stream_peer_left(&stream));
	close(peer);
	peer = -1;
	assert_true(stream_peer_left(&stream));
}

static void
a_connection_that_is_refused_breaks_the_stream(void **state)
{
	struct address address;
	const char *reason;
	struct stream other;
	int listener, fd;

	(void)state;
	assert_true(address_parse(&address, "127.0.0.1:0", &reason));
	listener = net_listen(&address, false);
	assert_true(net_local_address(listener, &address));
	close(listener);
	fd = net_connect(&address);
	assert_int_not_equal(fd, -1);
	stream_open_connecting(&other, loop, fd, &calls);
	while (broken == 0)
		event_base_loop(loop->base, EVLOOP_ONCE);
	assert_int_equal(broken, ECONNREFUSED);
	assert_int_equal(drained, 0);
	stream_close(&other);
}

/* A connection as those to workers are; returns the worker's end. */
static int
connect_other(struct stream *other)
{
	struct address address;
	const char *reason;
	int listener, server;

	assert_true(address_parse(&address, "127.0.0.1:0", &reason));
	listener = net_listen(&address, false);
	assert_true(net_local_address(listener, &address));
	stream_open_connecting(other, loop, net_connect(&address), &calls);
	while (drained == 0)
		event_base_loop(loop->base, EVLOOP_ONCE);
	server = accept(listener, NULL, NULL);
	close(listener);
	return server;
}

static void
a_connection_that_is_made_drains_and_reads(void **state)
{
	struct stream other;
	int server = connect_other(&other);

	(void)state;
	assert_int_equal(write(server, "hi", 2), 2);
	while (readable == 0)
		event_base_loop(loop->base, EVLOOP_ONCE);
	assert_int_equal(taken_len, 2);
	stream_close(&other);
	close(server);
}

/* No further edge tells of what the first read leaves. */
static void
what_one_read_leaves_is_read_in_the_next_turns(void **state)
{
	static const char bytes[1000];
	struct stream other;
	int server = connect_other(&other);

	(void)state;
	assert_int_equal(write(server, bytes, sizeof(bytes)), sizeof(bytes));
	while (readable == 0)
		event_base_loop(loop->base, EVLOOP_ONCE);
	for (int i = 2; i <= 10; i++) {
		turn();
		assert_int_equal(taken_len, i * read_max);
	}
	stream_close(&other);
	close(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		bytes_that_come_are_read, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		nothing_is_read_while_paused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_the_peer_does_not_take_is_kept_in_order, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_peer_that_is_gone_breaks_the_stream, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_paused_peer_that_leaves_is_noticed_when_asked, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_connection_that_is_refused_breaks_the_stream, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_connection_that_is_made_drains_and_reads, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_one_read_leaves_is_read_in_the_next_turns, set_up,
		tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
