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
static int readable, drained, broken, kept;
static size_t read_max, taken_len; /* of one read; in all */
static size_t broken_unsent;

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
on_broken(struct stream *s, int error, size_t unsent)
{
	(void)s;
	broken = error;
	broken_unsent = unsent;
}

static void
on_kept(struct stream *s)
{
	(void)s;
	kept++;
}

static const struct stream_calls calls = {
    .on_readable = on_readable,
    .on_drained = on_drained,
    .on_broken = on_broken,
    .on_kept = on_kept,
};

static int
set_up(void **state)
{
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	loop = loop_new(&counters);
	readable = drained = broken = kept = 0;
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
	size_t sent, taken;

	(void)state;
	sent = fill(bytes, sizeof(bytes));
	taken = sent - stream_unsent(&stream);
	close(peer);
	peer = -1;
	turn();
	assert_int_equal(broken, EPIPE);
	assert_int_equal(broken_unsent, sent - taken);
	assert_int_equal(stream_send(&stream, &iov, 1), STREAM_BROKEN);
}

/* A message as the proxy writes one, which is posted. */
static enum stream_result
post(struct stream *to, const char *text)
{
	struct iovec iov = {loop->output, strlen(text)};

	memcpy(loop->output, text, iov.iov_len);
	return stream_send(to, &iov, 1);
}

static void
assert_peer_has(const char *text)
{
	char bytes[200] = "";
	ssize_t n = read(peer, bytes, sizeof(bytes) - 1);

	if (*text == '\0')
		assert_int_equal(n, -1);
	else
		assert_string_equal(bytes, text);
}

static void
what_is_posted_goes_at_the_end_of_the_turn(void **state)
{
	(void)state;
	assert_int_equal(post(&stream, "head"), STREAM_SENT);
	assert_int_equal(stream_unsent(&stream), 4);
	assert_false(stream_is_waiting(&stream));
	assert_peer_has("");
	stream_send_posted(loop);
	assert_int_equal(stream_unsent(&stream), 0);
	assert_peer_has("head");
	stream_send_posted(loop);
	assert_peer_has("");
	assert_int_equal(kept, 0);
}

static void
what_follows_a_posted_message_comes_behind_it(void **state)
{
	struct iovec body = {"body", 4};

	(void)state;
	post(&stream, "head ");
	assert_int_equal(stream_send(&stream, &body, 1), STREAM_SENT);
	assert_peer_has("head body");
	post(&stream, "one ");
	post(&stream, "two ");
	stream_send_posted(loop);
	assert_peer_has("one two ");
}

static void
a_flush_sends_what_is_posted(void **state)
{
	(void)state;
	assert_int_equal(stream_flush(&stream), STREAM_SENT);
	post(&stream, "head");
	assert_int_equal(stream_flush(&stream), STREAM_SENT);
	assert_peer_has("head");
}

static void
a_closed_stream_sends_nothing_of_what_was_posted(void **state)
{
	(void)state;
	post(&stream, "head");
	stream_close(&stream);
	stream_send_posted(loop);
	assert_int_equal(broken, 0);
	assert_int_equal(read(peer, (char[1]){0}, 1), 0);
}

/* Each message has memory of its own, and there is room for the largest head
 * behind them. */
static void
more_messages_than_are_posted_are_sent_at_once(void **state)
{
	struct stream others[LOOP_POSTED + 1];
	int peers[LOOP_POSTED + 1];

	(void)state;
	for (int i = 0; i <= LOOP_POSTED; i++) {
		int fds[2];

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
		    0);
		stream_open(&others[i], loop, fds[0], &calls);
		peers[i] = fds[1];
		memset(loop->output, 'a' + i, LOOP_OUTPUT);
		assert_int_equal(
		    stream_send(&others[i],
			&(struct iovec){loop->output, LOOP_POSTED_BYTES}, 1),
		    STREAM_SENT);
	}
	assert_int_equal(stream_unsent(&others[LOOP_POSTED]), 0);
	stream_send_posted(loop);
	for (int i = 0; i <= LOOP_POSTED; i++) {
		char bytes[LOOP_POSTED_BYTES];

		assert_int_equal(
		    read(peers[i], bytes, sizeof(bytes)), sizeof(bytes));
		for (size_t at = 0; at < sizeof(bytes); at++)
			assert_int_equal(bytes[at], 'a' + i);
		stream_close(&others[i]);
		close(peers[i]);
	}
}

/* However long the turn is: no more than so many events. */
static void
what_is_posted_waits_for_few_events(void **state)
{
	(void)state;
	post(&stream, "head");
	for (int i = 1; i < LOOP_POSTED; i++) {
		assert_int_equal(write(peer, "x", 1), 1);
		turn();
	}
	assert_peer_has("");
	assert_int_equal(write(peer, "x", 1), 1);
	turn();
	assert_peer_has("head");
}

static void
what_is_posted_waits_for_no_slow_pick(void **state)
{
	(void)state;
	post(&stream, "head");
	loop->picks_are_slow = true;
	assert_int_equal(write(peer, "x", 1), 1);
	turn();
	assert_peer_has("head");
}

static void
a_large_message_is_not_posted(void **state)
{
	struct iovec iov = {loop->output, LOOP_POSTED_BYTES + 1};

	(void)state;
	memset(loop->output, 'x', iov.iov_len);
	assert_int_equal(stream_send(&stream, &iov, 1), STREAM_SENT);
	assert_int_equal(stream_unsent(&stream), 0);
}

static void
nothing_is_posted_while_picks_are_slow(void **state)
{
	(void)state;
	loop->picks_are_slow = true;
	post(&stream, "head");
	assert_int_equal(stream_unsent(&stream), 0);
	assert_peer_has("head");
}

static void
what_is_posted_to_a_peer_that_is_gone_breaks_the_stream(void **state)
{
	(void)state;
	post(&stream, "head");
	close(peer);
	peer = -1;
	stream_send_posted(loop);
	assert_int_equal(broken, EPIPE);
	assert_int_equal(broken_unsent, 4);
}

static void
what_a_full_peer_does_not_take_of_what_is_posted_is_kept(void **state)
{
	static char bytes[100000];
	size_t sent;

	(void)state;
	post(&stream, "head");
	sent = 4;
	/* the peer fills up behind the stream's back */
	for (ssize_t n; (n = send(stream.fd, bytes, sizeof(bytes), 0)) > 0;)
		sent += n;
	stream_send_posted(loop);
	assert_int_equal(kept, 1);
	assert_true(stream_is_waiting(&stream));
	assert_int_equal(stream_unsent(&stream), 4);
	while (sent > 0) {
		ssize_t n = read(peer, bytes, sizeof(bytes));

		sent -= n > 0 ? n : 0;
		turn();
	}
	assert_int_equal(drained, 1);
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
		what_is_posted_goes_at_the_end_of_the_turn, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_follows_a_posted_message_comes_behind_it, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_flush_sends_what_is_posted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_closed_stream_sends_nothing_of_what_was_posted, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		more_messages_than_are_posted_are_sent_at_once, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_posted_waits_for_few_events, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_posted_waits_for_no_slow_pick, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_large_message_is_not_posted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		nothing_is_posted_while_picks_are_slow, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_posted_to_a_peer_that_is_gone_breaks_the_stream, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		what_a_full_peer_does_not_take_of_what_is_posted_is_kept,
		set_up, tear_down),
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
