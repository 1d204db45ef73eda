/* Proves src/proxy/upstream.c, on real sockets. */
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
#include "clock.h"
#include "net.h"
#include "upstream.h"

static struct counters counters;
static struct loop *loop;
static struct upstreams *upstreams;
static struct upstream *up;
static struct address address;
static int listener, worker; /* -1: not accepted */
static char log_text[4096];
static int owner; /* its address is what matters */

static void
note(const char *format, int number, const char *text, size_t len)
{
	size_t at = strlen(log_text);

	at += snprintf(log_text + at, sizeof(log_text) - at, format, number);
	snprintf(log_text + at, sizeof(log_text) - at, "%.*s ", (int)len,
	    len > 0 ? text : "");
}

static void
on_connected(void *o)
{
	assert_ptr_equal(o, &owner);
	note("connected", 0, "", 0);
}

static void
on_head(void *o, const struct head *head, char *data, size_t len, bool done)
{
	assert_ptr_equal(o, &owner);
	note(done ? "%d:whole:" : "%d:", head->status, data, len);
}

static void
on_body(void *o, char *data, size_t len, bool done)
{
	assert_ptr_equal(o, &owner);
	note(done ? "last:" : "body:", 0, data, len);
}

static void
on_drained(void *o)
{
	assert_ptr_equal(o, &owner);
	note("drained", 0, "", 0);
}

static void
on_failed(void *o, enum upstream_failure failure)
{
	static const char *const names[] = {"refused", "undelivered", "reset",
	    "closed", "bad-head", "bad-body"};

	assert_ptr_equal(o, &owner);
	note("", 0, names[failure], strlen(names[failure]));
	upstream_close(up);
}

static void
on_idle_end(struct upstream *ended)
{
	note("idle-end", 0, "", 0);
	upstream_close(ended);
}

static const struct upstream_calls calls = {
    .on_connected = on_connected,
    .on_head = on_head,
    .on_body = on_body,
    .on_drained = on_drained,
    .on_failed = on_failed,
    .on_idle_end = on_idle_end,
};

static void
listen_on(const char *text)
{
	const char *reason;

	assert_true(address_parse(&address, text, &reason));
	listener = net_listen(&address, false);
	assert_true(net_local_address(listener, &address));
}

static int
set_up(void **state)
{
	static struct config config = {
	    .limits = {.response_head_bytes = 2048,
		.headers = 20,
		.uri_bytes = 1024},
	};

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	clock_cached_us = 1;
	log_text[0] = '\0';
	loop = loop_new(&counters);
	upstreams = upstreams_new(loop, &calls, NULL);
	upstreams_configure(upstreams, &config);
	listen_on("127.0.0.1:0");
	worker = -1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	upstream_close(up);
	upstreams_free(upstreams);
	loop_free(loop);
	close(listener);
	if (worker != -1)
		close(worker);
	return 0;
}

/* Turns the loop until this is in the log. */
static void
expect(const char *text)
{
	uint64_t since_us = clock_read_us();

	while (strstr(log_text, text) == NULL) {
		event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		if (clock_read_us() - since_us > 5000000)
			fail_msg("no \"%s\" in \"%s\"", text, log_text);
	}
}

static void
connect_worker(void)
{
	up = upstream_connect(upstreams, 3, &address, &owner);
	assert_non_null(up);
	upstream_begin(up, &owner, METHOD_GET);
	expect("connected ");
	worker = accept(listener, NULL, NULL);
	assert_int_not_equal(worker, -1);
	log_text[0] = '\0';
}

static enum stream_result
ask(void)
{
	static char text[] = "GET / HTTP/1.1\r\n\r\n";
	struct iovec iov = {text, sizeof(text) - 1};

	return upstream_send(up, &iov, 1);
}

static void
answer(const char *text)
{
	assert_int_equal(write(worker, text, strlen(text)), strlen(text));
}

static void
reset_worker(void)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(worker, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(worker);
	worker = -1;
}

static void
close_worker(void)
{
	char bytes[100];

	assert_true(read(worker, bytes, sizeof(bytes)) > 0);
	close(worker);
	worker = -1;
}

/* --- answers --- */

static void
an_answer_comes_in_the_pieces_it_is_sent_in(void **state)
{
	(void)state;
	connect_worker();
	assert_int_equal(ask(), STREAM_SENT);
	assert_null(upstream_answer(up));
	answer("HTTP/1.1 200 OK\r\nContent-");
	answer("Length: 6\r\n\r\nabc");
	expect("200:abc ");
	assert_int_equal(upstream_answer(up)->status, 200);
	assert_false(upstream_may_keep(up));
	answer("def");
	expect("last:def ");
	assert_true(upstream_may_keep(up));
}

static void
interim_answers_go_before_the_answer(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
	       "HTTP/1.1 204 None\r\n\r\n");
	expect("204:whole: ");
	assert_string_equal(log_text, "100: 103: 204:whole: ");
	assert_true(upstream_may_keep(up));
}

static void
chunks_are_taken_out_of_their_framing(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	       "3\r\nabc\r\n0\r\n\r\n");
	expect("200:whole:abc ");
	assert_true(upstream_may_keep(up));
}

static void
the_answer_to_a_head_has_no_body(void **state)
{
	(void)state;
	connect_worker();
	upstream_begin(up, &owner, METHOD_HEAD);
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
	expect("200:whole: ");
	assert_true(upstream_may_keep(up));
}

static void
after_a_switch_all_that_comes_is_body(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n"
	       "\r\nHTTP/1.1 200 OK\r\n");
	expect("101:HTTP/1.1 200 OK\r\n ");
	assert_false(upstream_may_keep(up));
	close_worker();
	expect("last: ");
}

static void
the_end_may_end_an_answer_without_a_length(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\n\r\nabc");
	expect("200:abc ");
	close_worker();
	expect("last: ");
	assert_false(upstream_may_keep(up));
}

/* --- answers that fail --- */

static void
no_end_but_its_own_ends_an_answer(void **state)
{
	const char *heads[] = {"Content-Length: 6\r\n\r\nabc",
	    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		connect_worker();
		ask();
		answer("HTTP/1.1 200 OK\r\n");
		answer(heads[i]);
		expect("200:");
		close_worker();
		expect("closed ");
	}
}

static void
a_reset_ends_no_answer(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\n\r\nabc");
	expect("200:abc ");
	reset_worker();
	expect("closed ");
}

/* It comes with the bytes before it, and so the socket tells only once. */
static void
a_reset_right_behind_a_part_ends_no_answer(void **state)
{
	const char *parts[] = {"HTTP/1.1 200", "HTTP/1.1 200 OK\r\n\r\nabc"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		connect_worker();
		ask();
		answer(parts[i]);
		reset_worker();
		expect("closed ");
	}
}

static void
a_reset_that_sending_hears_of_ends_no_answer(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\n\r\nabc");
	expect("200:abc ");
	reset_worker();
	while (ask() != STREAM_BROKEN)
		;
	expect("closed ");
}

static void
what_is_no_http_is_a_bad_head(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("hello\r\n\r\n");
	expect("bad-head ");
	assert_string_not_equal(upstream_reason(up), "");
}

static void
bad_chunks_are_a_bad_body(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
	       "chunked\r\n\r\n3\r\nabc\r\n");
	expect("200:abc ");
	answer("x\r\n");
	expect("bad-body ");
}

static void
bytes_beyond_the_answer_forbid_another(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 ");
	expect("200:whole:abc ");
	assert_false(upstream_may_keep(up));
}

/* --- what was delivered --- */

static void
a_request_that_was_read_is_delivered(void **state)
{
	(void)state;
	connect_worker();
	ask();
	close_worker();
	expect("closed ");
}

/* A Unix socket counts what is not read by the buffer, not by the byte. */
static void
a_request_that_was_read_in_part_is_delivered(void **state)
{
	char path[] = "/tmp/picket-upstream-XXXXXX", text[64], byte;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(text, sizeof(text), "unix:%s/socket", path);
	close(listener);
	listen_on(text);
	connect_worker();
	ask();
	assert_int_equal(read(worker, &byte, 1), 1);
	shutdown(worker, SHUT_WR);
	expect("closed ");
	unlink(text + strlen("unix:"));
	rmdir(path);
}

static void
wait_for_request(void)
{
	char byte;

	assert_int_equal(recv(worker, &byte, 1, MSG_PEEK), 1);
}

static void
close_unread(void)
{
	wait_for_request();
	close(worker);
	worker = -1;
}

static void
reset_when_read(void)
{
	char bytes[100];

	assert_true(read(worker, bytes, sizeof(bytes)) > 0);
	reset_worker();
}

/* Both look the same from here. */
static void
a_reset_tells_nothing_of_what_was_read(void **state)
{
	void (*const ends[])(void) = {close_unread, reset_when_read};

	(void)state;
	for (int i = 0; i < 2; i++) {
		log_text[0] = '\0';
		connect_worker();
		ask();
		ends[i]();
		expect("reset ");
	}
}

static void
half_a_head_says_that_it_was_delivered(void **state)
{
	(void)state;
	connect_worker();
	answer("HTTP/1.1 200");
	close(worker);
	worker = -1;
	expect("closed ");
}

/* The worker has closed the connection before the request comes. */
static void
a_request_to_a_closed_connection_is_undelivered(void **state)
{
	(void)state;
	connect_worker();
	close(worker);
	worker = -1;
	ask();
	expect("undelivered ");
}

/* ... and has not been heard of, since it came right behind the last answer. */
static void
a_request_to_a_connection_that_was_reset_is_undelivered(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	reset_worker();
	expect("200:whole: ");
	upstream_end(up);
	upstream_begin(up, &owner, METHOD_POST);
	ask();
	expect("undelivered ");
}

/* As the proxy asks: the head lies in loop->output. */
static void
post(void)
{
	struct iovec iov = {loop->output, 4};

	memcpy(loop->output, "GET ", 4);
	assert_int_equal(upstream_send(up, &iov, 1), STREAM_SENT);
}

/* The end and the request come in one turn: what was only posted has gone
 * nowhere, and does not go when the request goes to another. */
static void
a_request_that_was_only_posted_is_undelivered(void **state)
{
	char byte;

	(void)state;
	connect_worker();
	shutdown(worker, SHUT_WR);
	post();
	expect("undelivered ");
	stream_send_posted(loop);
	assert_int_equal(read(worker, &byte, 1), 0);
}

static void
a_posted_request_that_cannot_be_sent_is_undelivered(void **state)
{
	(void)state;
	connect_worker();
	post();
	reset_worker();
	stream_send_posted(loop);
	expect("undelivered ");
}

static void
a_posted_request_whose_body_finds_a_reset_is_undelivered(void **state)
{
	(void)state;
	connect_worker();
	post();
	reset_worker();
	assert_int_equal(ask(), STREAM_BROKEN);
	expect("undelivered ");
}

static void
a_connection_that_nobody_takes_is_refused(void **state)
{
	struct address nobody;
	const char *reason;
	int other;

	(void)state;
	assert_true(address_parse(&nobody, "127.0.0.1:0", &reason));
	other = net_listen(&nobody, false);
	assert_true(net_local_address(other, &nobody));
	close(other);
	up = upstream_connect(upstreams, 3, &nobody, &owner);
	assert_non_null(up);
	expect("refused ");
}

/* --- idle --- */

static void
have_one_answered(void)
{
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	expect("200:whole: ");
	clock_cached_us = 77;
	upstream_end(up);
	log_text[0] = '\0';
}

static void
one_connection_serves_one_after_the_other(void **state)
{
	(void)state;
	have_one_answered();
	assert_true(upstream_is_used(up));
	assert_int_equal(upstream_idle_since_us(up), 77);
	assert_int_equal(upstream_slot(up), 3);
	assert_null(upstream_answer(up));
	upstream_begin(up, &owner, METHOD_GET);
	ask();
	answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
	expect("404:whole: ");
	assert_true(upstream_may_keep(up));
}

static void
an_idle_connection_that_speaks_or_closes_ends(void **state)
{
	(void)state;
	have_one_answered();
	answer("HTTP/1.1 200 OK\r\n\r\n");
	expect("idle-end ");
	have_one_answered();
	close(worker);
	worker = -1;
	expect("idle-end ");
}

static void
an_end_right_behind_an_answer_ends_an_idle_connection(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	close_worker();
	expect("200:whole: ");
	upstream_end(up);
	expect("idle-end ");
}

static void
a_closed_one_is_silent(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	upstream_close(up);
	upstream_close(up); /* once more is allowed */
	event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	assert_string_equal(log_text, "");
}

static void
nothing_is_read_while_paused(void **state)
{
	(void)state;
	connect_worker();
	ask();
	answer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
	expect("200:abc ");
	upstream_pause(up);
	answer("def");
	event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	assert_string_equal(log_text, "200:abc ");
	upstream_resume(up);
	expect("last:def ");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(an_answer_comes_in_the_pieces_it_is_sent_in),
	    test(interim_answers_go_before_the_answer),
	    test(chunks_are_taken_out_of_their_framing),
	    test(the_answer_to_a_head_has_no_body),
	    test(after_a_switch_all_that_comes_is_body),
	    test(the_end_may_end_an_answer_without_a_length),
	    test(no_end_but_its_own_ends_an_answer),
	    test(a_reset_ends_no_answer),
	    test(a_reset_right_behind_a_part_ends_no_answer),
	    test(a_reset_that_sending_hears_of_ends_no_answer),
	    test(what_is_no_http_is_a_bad_head),
	    test(bad_chunks_are_a_bad_body),
	    test(bytes_beyond_the_answer_forbid_another),
	    test(a_request_that_was_read_is_delivered),
	    test(a_request_that_was_read_in_part_is_delivered),
	    test(a_reset_tells_nothing_of_what_was_read),
	    test(half_a_head_says_that_it_was_delivered),
	    test(a_request_to_a_closed_connection_is_undelivered),
	    test(a_request_to_a_connection_that_was_reset_is_undelivered),
	    test(a_request_that_was_only_posted_is_undelivered),
	    test(a_posted_request_that_cannot_be_sent_is_undelivered),
	    test(a_posted_request_whose_body_finds_a_reset_is_undelivered),
	    test(a_connection_that_nobody_takes_is_refused),
	    test(one_connection_serves_one_after_the_other),
	    test(an_idle_connection_that_speaks_or_closes_ends),
	    test(an_end_right_behind_an_answer_ends_an_idle_connection),
	    test(a_closed_one_is_silent),
	    test(nothing_is_read_while_paused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
