/* Proves src/proxy/relay.c: bytes both ways, whole or broken. */
#include "peers.h"

/* --- interim answers --- */

static void
interim_answers_without_end_hold_up_the_worker(void **state)
{
	static char many[27 * 2000];
	int call;

	(void)state;
	site_open(site_first_free, 1, 0);
	for (size_t i = 0; i < sizeof(many); i += 27)
		memcpy(many + i, "HTTP/1.1 102 Processing\r\n\r\n", 27);
	site_ask(GET);
	call = site_call(0);
	assert_true(site_flood(call, many, sizeof(many), 64 << 20) < 64 << 20);
}

/* --- answers that break --- */

static void
an_answer_to_the_end_of_the_connection_is_not_ended_by_a_reset(void **state)
{
	static char body[100000];
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 1000000\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 200 OK\r\n\r\nhalf");
	hear(client, "half");
	/* the reset is first seen by the sending of the body */
	assert_int_equal(write(client, body, sizeof(body)), sizeof(body));
	site_reset(call);
	assert_int_equal(hear_end(client), ECONNRESET);
}

/* --- early answers --- */

static void
an_answer_may_stream_while_the_body_is_still_sent(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 6\r\n\r\nab");
	call = site_call(0);
	hear(call, "ab");
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nAB");
	hear(client, "AB");
	say(client, "cd");
	hear(call, "cd");
	say(call, "CD");
	hear(client, "CD");
	say(client, "ef");
	hear(call, "ef");
	say(call, "EF");
	hear(client, "EF");
	assert_int_equal(hear_end(client), 0); /* as it was told */
}

static void
a_connection_with_an_early_answer_serves_nobody_else(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 6\r\n\r\nab");
	call = site_call(0);
	hear(call, "ab");
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nno");
	hear(client, "no");
	say(client, "cdef");
	hear(call, "cdef");
	say(call, "pe");
	hear(client, "pe");
	assert_int_equal(hear_end(call), 0);
}

static void
a_connection_with_an_unread_body_serves_nobody_else(void **state)
{
	static char body[400000];
	int clients[2], call, other, size = 65536;

	(void)state;
	site_open(site_first_free, 1, 0);
	setsockopt(site.workers[0].listener, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size));
	for (int i = 0; i < 2; i++)
		clients[i] = site_client();
	say(clients[0], "POST /run/f HTTP/1.1\r\nHost: h\r\n"
			"Content-Length: 400000\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_flood(clients[0], body, sizeof(body), sizeof(body));
	site_answer(call, clients[0]);
	say(clients[1], "POST /run/f HTTP/1.1\r\nHost: h\r\n"
			"Content-Length: 2\r\n\r\nab");
	other = site_call(0);
	hear(other, "ab");
	site_reset(call);
	site_answer(other, clients[1]);
}

static void
a_whole_answer_ends_an_upload(void **state)
{
	static char body[1000000];
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 100000000\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	for (int i = 0; i < 30; i++) { /* the worker does not read on */
		if (write(client, body, sizeof(body)) == -1)
			assert_int_equal(errno, EAGAIN);
		site_turns();
	}
	say(call, "HTTP/1.1 413 Much\r\nContent-Length: 2\r\n\r\nno");
	hear(client, "no");
	assert_int_equal(site_inflight(0), 0);
}

/* --- tunnels --- */

static void
no_limit_of_bodies_holds_for_tunnels(void **state)
{
	int client, call;

	(void)state;
	site.config.limits.body_bytes = 10;
	site_open(site_first_free, 1, 0);
	client = site_ask(UPGRADE "early words are many");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, SWITCH);
	hear(client, "\r\n\r\n");
	hear(call, "early words are many");
	say(client, "and so are later ones");
	hear(call, "and so are later ones");
}

static void
a_tunnel_after_a_long_chunked_body_carries_plain_bytes(void **state)
{
	static char body[100001];
	int client, call;

	(void)state;
	memset(body, 'b', sizeof(body) - 1);
	site_open(site_first_free, 1, 0);
	client = site_ask(
	    "POST /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
	    "Upgrade: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n");
	say(client, body);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(client, "\r\n0\r\n\r\n");
	hear(call, "0\r\n\r\n");
	say(call, SWITCH);
	hear(client, "\r\n\r\n");
	say(client, "plain");
	assert_string_equal(hear(call, "plain"), "plain");
}

static void
a_switch_before_the_end_of_the_body_is_refused(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(
	    "POST /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
	    "Upgrade: x\r\nContent-Length: 10\r\n\r\nhalf");
	call = site_call(0);
	hear(call, "half");
	say(call, SWITCH);
	assert_non_null(strstr(hear(client, "}\n"), " 502 "));
}

static void
a_silent_tunnel_ends_and_is_nobodys_failure(void **state)
{
	int client, call;

	(void)state;
	site.config.timeouts_us.tunnel = SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask(UPGRADE);
	call = site_call(0);
	say(call, SWITCH);
	hear(client, "\r\n\r\n");
	site_pass(SECOND);
	assert_int_equal(hear_end(client), 0);
	assert_int_equal(site_inflight(0), 0);
	assert_true(site_failed(0) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(interim_answers_without_end_hold_up_the_worker),
	    site_test(
		an_answer_to_the_end_of_the_connection_is_not_ended_by_a_reset),
	    site_test(an_answer_may_stream_while_the_body_is_still_sent),
	    site_test(a_connection_with_an_early_answer_serves_nobody_else),
	    site_test(a_connection_with_an_unread_body_serves_nobody_else),
	    site_test(a_whole_answer_ends_an_upload),
	    site_test(no_limit_of_bodies_holds_for_tunnels),
	    site_test(a_tunnel_after_a_long_chunked_body_carries_plain_bytes),
	    site_test(a_switch_before_the_end_of_the_body_is_refused),
	    site_test(a_silent_tunnel_ends_and_is_nobodys_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
