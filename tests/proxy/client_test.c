/* Proves src/proxy/client.c and clients.c, on real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "client_internal.h"
#include "clock.h"

#define SECOND 1000000ull
#define GET "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"

static struct counters counters;
static struct loop *loop;
static struct clients *clients;
static int peer;

/* What was called. */
static struct client *client; /* that of the last request */
static char log_text[1 << 16];
static bool answers_at_once, was_done;
static char body[1 << 17];
static size_t body_len;

static void
note(const char *text, size_t len)
{
	size_t at = strlen(log_text);

	memcpy(log_text + at, text, len);
	strcpy(log_text + at + len, " ");
}

static void
answer(const char *text)
{
	struct iovec iov = {(char *)text, strlen(text)};

	if (client_send(client, &iov, 1) != STREAM_BROKEN)
		client_end(client, true);
}

static void
add_body(const char *data, size_t len, bool done)
{
	memcpy(body + body_len, data, len);
	body_len += len;
	was_done = done;
}

static void
on_request(struct client *c, const struct head *head, char *data, size_t len,
    bool done)
{
	struct text path = head_path(head);

	client = c;
	client_set_owner(c, &client);
	note(path.at, path.len);
	body_len = 0;
	add_body(data, len, done);
	if (answers_at_once)
		answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void
on_body(struct client *c, char *data, size_t len, bool done)
{
	(void)c;
	add_body(data, len, done);
}

static void
on_bad_body(struct client *c, int status, const char *reason)
{
	(void)c, (void)status, (void)reason;
	note("bad", 3);
	client_end(c, false);
}

static void
on_refused(struct client *c, const struct client_refusal *refusal)
{
	char status[8];

	(void)c;
	assert_true(refusal->body_len > 0);
	assert_true(refusal->since_us <= clock_now_us());
	snprintf(status, sizeof(status), "%d", refusal->status);
	note(status, strlen(status));
}

static void
on_drained(struct client *c)
{
	(void)c;
	note("drained", 7);
}

static void
on_gone(struct client *c)
{
	assert_ptr_equal(client_owner(c), &client);
	note("gone", 4);
}

static const struct client_calls calls = {
    .on_request = on_request,
    .on_body = on_body,
    .on_bad_body = on_bad_body,
    .on_refused = on_refused,
    .on_drained = on_drained,
    .on_gone = on_gone,
};

static int
set_up(void **state)
{
	static struct config config = {
	    .limits = {.head_bytes = 2048, .headers = 20, .uri_bytes = 1024},
	    .timeouts_us = {.head = 10 * SECOND,
		.idle = 60 * SECOND,
		.between_bytes = 20 * SECOND},
	};
	struct address nobody = {.len = 0};
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	clock_cached_us = 1000 * SECOND;
	memset(&counters, 0, sizeof(counters));
	log_text[0] = '\0';
	answers_at_once = was_done = false;
	loop = loop_new(&counters);
	clients = clients_new(loop, &calls, NULL);
	clients_configure(clients, &config);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	client_open(clients, fds[0], &nobody);
	peer = fds[1];
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	clients_free(clients);
	loop_free(loop);
	if (peer != -1)
		close(peer);
	return 0;
}

static void
turns(void)
{
	for (int i = 0; i < 20; i++) {
		event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		stream_send_posted(loop);
		clients_sweep(clients);
	}
}

static void
say(const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(write(peer, text, len), len);
	turns();
}

/* What has come, at most this once. */
static const char *
hear(void)
{
	static char text[1 << 16];
	ssize_t n = read(peer, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool
is_closed(void)
{
	char byte;

	return read(peer, &byte, 1) == 0;
}

static void
pass(uint64_t us)
{
	clock_cached_us += us;
	clients_expire(clients);
	turns();
}

static struct client *
the_client(enum client_state state)
{
	return list_first(&clients->by_state[state], struct client, link);
}

/* --- one after the other --- */

static void
requests_sent_ahead_wait_for_their_turn(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n"
	    "\r\nGET /c HTTP/1.1\r\nHo");
	assert_string_equal(log_text, "/a ");
	answer("1");
	assert_string_equal(log_text, "/a /b ");
	say("st: h\r\n\r\n");
	assert_string_equal(log_text, "/a /b ");
	answer("2");
	assert_string_equal(log_text, "/a /b /c ");
	answer("3");
	assert_string_equal(hear(), "123");
	assert_int_equal(counters.requests, 3);
}

static void
a_thousand_answered_at_once_keep_their_order(void **state)
{
	static char many[100000], expected[10000];
	size_t len = 0, sent = 0;

	(void)state;
	answers_at_once = true;
	for (int i = 0; i < 1000; i++) {
		len += sprintf(many + len, GET, i);
		sprintf(expected + strlen(expected), "/%d ", i);
	}
	while (sent < len || counters.requests < 1000) {
		ssize_t n = write(peer, many + sent, len - sent);

		sent += n > 0 ? n : 0;
		turns();
		hear();
	}
	assert_string_equal(log_text, expected);
}

static void
what_is_sent_ahead_is_held_up(void **state)
{
	static char much[1 << 16];
	int idle = 0;

	(void)state;
	memset(much, 'x', sizeof(much));
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	while (idle < 10) {
		idle = write(peer, much, sizeof(much)) > 0 ? 0 : idle + 1;
		turns();
	}
	assert_true(counters.bytes_in <= 3 * LOOP_FIRST_INPUT);
}

static void
a_body_is_told_from_what_follows(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
	assert_false(was_done);
	say("defGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_true(was_done);
	assert_int_equal(body_len, 6);
	assert_memory_equal(body, "abcdef", 6);
	assert_string_equal(log_text, "/a ");
	answer("1");
	assert_string_equal(log_text, "/a /b ");
}

static void
nothing_follows_connection_close(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	    "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	answer("1");
	turns();
	assert_string_equal(log_text, "/a ");
	assert_string_equal(hear(), "1");
	assert_true(is_closed());
}

static void
an_answer_before_the_end_of_the_body_is_the_last(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\nabc");
	answer("1");
	say("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a ");
	assert_string_equal(hear(), "1");
	assert_true(is_closed());
}

/* --- what is bad --- */

static void
a_bad_head_is_refused_and_ends_it(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\n\r\n");
	assert_non_null(strstr(hear(), "HTTP/1.1 400 "));
	assert_true(is_closed());
	assert_string_equal(log_text, "400 ");
	assert_int_equal(counters.client_errors, 1);
}

static void
a_bad_body_is_told_to_whoever_answers(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc\r\n");
	say("x\r\n");
	assert_string_equal(log_text, "/a bad ");
	say("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a bad ");
}

static void
a_body_that_is_bad_at_once_is_refused(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "x\r\n");
	assert_string_equal(log_text, "400 ");
	assert_non_null(strstr(hear(), "HTTP/1.1 400 "));
	assert_true(is_closed());
}

/* --- leaving --- */

static void
a_client_that_leaves_amid_its_request_is_gone_once(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	close(peer);
	peer = -1;
	turns();
	assert_string_equal(log_text, "/a gone ");
	assert_int_equal(clients_count(clients), 0);
	assert_int_equal(counters.connections_open, 0);
	assert_int_equal(counters.client_aborts, 1);
}

static void
a_paused_client_that_leaves_is_noticed_in_time(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
	client_pause(client);
	close(peer);
	peer = -1;
	turns();
	assert_string_equal(log_text, "/a ");
	clients_expire(clients);
	assert_string_equal(log_text, "/a gone ");
}

static void
a_client_that_leaves_before_it_is_answered_says_so(void **state)
{
	struct iovec iov = {"x", 1};

	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	close(peer);
	peer = -1;
	assert_int_equal(client_send(client, &iov, 1), STREAM_BROKEN);
	turns();
	assert_string_equal(log_text, "/a ");
	assert_int_equal(clients_count(clients), 0);
}

/* --- time --- */

/* Unread, the first answer makes a reset of the close, and so the socket tells
 * of the last bytes and of their end at once, but does not call it an end. */
static void
say_and_reset(const char *text)
{
	answers_at_once = true;
	say("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	answers_at_once = false;
	assert_int_equal(write(peer, text, strlen(text)), strlen(text));
	close(peer);
	peer = -1;
	turns();
}

static void
a_reset_right_behind_a_request_is_noticed_in_time(void **state)
{
	(void)state;
	say_and_reset("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
	pass(SECOND / 10);
	assert_string_equal(log_text, "/1 /2 gone ");
}

static void
a_reset_right_behind_a_part_is_noticed_at_once(void **state)
{
	const char *parts[] = {"\r\n", "GET /2 HT",
	    "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na"};

	for (int i = 0; i < 3; i++) {
		say_and_reset(parts[i]);
		assert_int_equal(clients_count(clients), 0);
		tear_down(state);
		set_up(state);
	}
}

static void
an_idle_client_holds_no_parser(void **state)
{
	(void)state;
	assert_null(the_client(CLIENT_IDLE)->parser);
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	answer("1");
	assert_null(the_client(CLIENT_IDLE)->parser);
	assert_null(the_client(CLIENT_IDLE)->ahead);
}

static void
an_idle_client_is_closed_in_time(void **state)
{
	(void)state;
	pass(60 * SECOND - 1);
	assert_int_equal(clients_count(clients), 1);
	pass(1);
	assert_int_equal(clients_count(clients), 0);
	assert_true(is_closed());
}

static void
who_has_sent_what_nobody_has_read_yet_is_not_late(void **state)
{
	static const char text[] = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

	(void)state;
	assert_int_equal(write(peer, text, strlen(text)), strlen(text));
	pass(60 * SECOND);
	turns();
	answer("1");
	assert_string_equal(hear(), "1");
	assert_int_equal(clients_count(clients), 1);
}

static void
a_head_that_takes_too_long_is_408(void **state)
{
	(void)state;
	pass(30 * SECOND);
	say("GET /a HTTP/1.1\r\n");
	pass(10 * SECOND - 1);
	assert_string_equal(hear(), "");
	say("Host: h\r\n");
	pass(1);
	assert_non_null(strstr(hear(), "HTTP/1.1 408 "));
	assert_true(is_closed());
}

static void
empty_lines_between_requests_are_no_head(void **state)
{
	(void)state;
	say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\n");
	answer("1");
	say("\r\n");
	pass(10 * SECOND);
	assert_string_equal(hear(), "1");
	say("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a /b ");
}

/* Answers more than the peer's socket takes; returns how much. */
static size_t
answer_much(void)
{
	static char much[1 << 20];
	struct iovec iov = {much, sizeof(much)};

	assert_int_equal(client_send(client, &iov, 1), STREAM_WAITING);
	client_end(client, true);
	return sizeof(much);
}

static void
the_next_request_waits_until_the_answer_is_taken(void **state)
{
	size_t left;

	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	left = answer_much();
	say("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a ");
	while (left > 0) {
		ssize_t n = read(peer, body, sizeof(body));

		left -= n > 0 ? n : 0;
		turns();
	}
	assert_string_equal(log_text, "/a /b ");
}

static void
post_answer(void)
{
	strcpy(loop->output, "posted");
	answer(loop->output);
}

/* The answer was posted, and at the end of the turn there is no room for it. */
static void
what_is_posted_in_vain_is_not_lost_to_draining(void **state)
{
	static const char much[4096];
	const char *heard;
	size_t len;

	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	while (send(client->stream.fd, much, sizeof(much), 0) > 0)
		;
	post_answer();
	turns();
	assert_ptr_equal(the_client(CLIENT_FLUSH), client);
	clients_drain(clients);
	pass(SECOND);
	assert_int_equal(clients_count(clients), 1);
	do {
		ssize_t n = read(peer, body, sizeof(body));

		assert_true(n > 0);
		len = n;
		turns();
		heard = body + len - strlen("posted");
	} while (memcmp(heard, "posted", strlen("posted")) != 0);
	pass(SECOND);
	assert_int_equal(clients_count(clients), 0);
}

static void
who_leaves_before_the_answer_has_left_is_counted(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	post_answer();
	close(peer);
	peer = -1;
	turns();
	assert_int_equal(counters.client_aborts, 1);
	assert_int_equal(clients_count(clients), 0);
}

static void
a_reader_that_takes_nothing_is_given_up(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	answer_much();
	for (int i = 0; i < 4; i++) {
		pass(19 * SECOND);
		assert_true(read(peer, body, sizeof(body)) > 0);
	}
	assert_int_equal(clients_count(clients), 1);
	for (int i = 0; i < 3; i++)
		pass(20 * SECOND);
	assert_int_equal(clients_count(clients), 0);
}

static void
what_comes_after_the_end_is_dropped_for_a_while(void **state)
{
	(void)state;
	say("bad\r\n\r\n");
	assert_non_null(the_client(CLIENT_LINGER));
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "400 ");
	pass(2 * SECOND);
	assert_int_equal(clients_count(clients), 0);
}

static void
draining_closes_whoever_has_been_served(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	answer("1");
	pass(SECOND / 4);
	clients_drain(clients);
	assert_int_equal(clients_count(clients), 0);
}

/* What was posted in this turn is not lost to it. */
static void
one_that_is_cut_has_what_was_sent(void **state)
{
	struct iovec iov = {loop->output, 4};
	char bytes[10] = "";

	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	strcpy(loop->output, "head");
	assert_int_equal(client_send(client, &iov, 1), STREAM_SENT);
	client_cut(client);
	assert_int_equal(read(peer, bytes, sizeof(bytes)), 4);
	assert_string_equal(bytes, "head");
}

static void
draining_waits_a_moment_for_the_next_request(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	answer("1");
	clients_drain(clients);
	say("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a /b ");
	assert_false(client_may_keep(client));
	answer("2");
	assert_string_equal(hear(), "12");
	assert_true(is_closed());
}

static void
who_was_promised_another_request_has_it_while_draining(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
	    "GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_true(client_may_keep(client));
	clients_drain(clients);
	answer("1"); /* its head was written before, and promised to keep */
	assert_string_equal(log_text, "/a /b ");
	assert_false(client_may_keep(client));
	answer("2");
	assert_string_equal(hear(), "12");
	assert_true(is_closed());
}

static void
draining_waits_a_moment_for_a_first_request(void **state)
{
	(void)state;
	clients_drain(clients);
	turns();
	assert_int_equal(clients_count(clients), 1);
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_string_equal(log_text, "/a ");
	assert_false(client_may_keep(client));
	answer("1");
	assert_string_equal(hear(), "1");
	assert_true(is_closed());
}

static void
draining_does_not_wait_for_those_who_say_nothing(void **state)
{
	(void)state;
	clients_drain(clients);
	pass(2 * SECOND);
	assert_int_equal(clients_count(clients), 0);
}

static void
a_tunnel_hands_up_all_that_comes(void **state)
{
	(void)state;
	say("GET /a HTTP/1.1\r\nHost: h\r\n\r\nearly");
	body_len = 0;
	client_tunnel(client);
	say("GET /b HTTP/1.1\r\n\r\n");
	assert_int_equal(body_len, 24);
	assert_memory_equal(body, "earlyGET /b HTTP/1.1\r\n\r\n", 24);
	client_end(client, true);
	turns();
	assert_true(is_closed());
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(requests_sent_ahead_wait_for_their_turn),
	    test(a_thousand_answered_at_once_keep_their_order),
	    test(what_is_sent_ahead_is_held_up),
	    test(a_body_is_told_from_what_follows),
	    test(nothing_follows_connection_close),
	    test(an_answer_before_the_end_of_the_body_is_the_last),
	    test(a_bad_head_is_refused_and_ends_it),
	    test(a_bad_body_is_told_to_whoever_answers),
	    test(a_body_that_is_bad_at_once_is_refused),
	    test(a_client_that_leaves_amid_its_request_is_gone_once),
	    test(a_paused_client_that_leaves_is_noticed_in_time),
	    test(a_client_that_leaves_before_it_is_answered_says_so),
	    test(a_reset_right_behind_a_request_is_noticed_in_time),
	    test(a_reset_right_behind_a_part_is_noticed_at_once),
	    test(an_idle_client_holds_no_parser),
	    test(an_idle_client_is_closed_in_time),
	    test(who_has_sent_what_nobody_has_read_yet_is_not_late),
	    test(a_head_that_takes_too_long_is_408),
	    test(empty_lines_between_requests_are_no_head),
	    test(the_next_request_waits_until_the_answer_is_taken),
	    test(what_is_posted_in_vain_is_not_lost_to_draining),
	    test(who_leaves_before_the_answer_has_left_is_counted),
	    test(a_reader_that_takes_nothing_is_given_up),
	    test(what_comes_after_the_end_is_dropped_for_a_while),
	    test(draining_closes_whoever_has_been_served),
	    test(one_that_is_cut_has_what_was_sent),
	    test(draining_waits_a_moment_for_the_next_request),
	    test(who_was_promised_another_request_has_it_while_draining),
	    test(draining_waits_a_moment_for_a_first_request),
	    test(draining_does_not_wait_for_those_who_say_nothing),
	    test(a_tunnel_hands_up_all_that_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
