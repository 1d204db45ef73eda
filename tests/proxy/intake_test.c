/* Proves src/proxy/intake.c: clients that ask, in whatever way, and leave. */
#include "peers.h"

static void
an_http_1_0_client_gets_plain_bytes_and_the_end(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("GET /run/f HTTP/1.0\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
	assert_non_null(strstr(hear(client, "abc"), "\r\n\r\nabc"));
	say(call, "0\r\n\r\n");
	assert_int_equal(hear_end(client), 0);
}

static void
the_next_request_is_not_begun_before_the_answer_is_over(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET "GET /run/second HTTP/1.1\r\nHost: h\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
	hear(client, "ha");
	hear_nothing(call);
	say(call, "lf");
	hear(client, "lf");
	hear(call, "/run/second");
	site_answer(call, client);
}

static void
one_who_leaves_the_queue_leaves_nothing_behind(void **state)
{
	int client, other, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	client = site_ask(GET);
	call = site_call(0);
	other = site_ask(GET);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	site_hang_up(other);
	site_turns();
	assert_int_equal(site.row->queued, 0);
	hear(call, "\r\n\r\n");
	site_answer(call, client);
	hear_nothing(call);
}

/* Its body is not read while it waits, so only a look tells. */
static void
one_who_leaves_the_queue_amid_its_body_is_noticed(void **state)
{
	static char body[200000];
	int other;

	(void)state;
	site_open(site_first_free, 1, 1);
	site_ask(GET);
	site_call(0);
	other = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			 "Content-Length: 200000\r\n\r\n");
	site_turns();
	assert_int_equal(write(other, body, 100000), 100000);
	site_turns();
	site_hang_up(other);
	site_turns();
	site_pass(SECOND / 10);
	assert_int_equal(site.row->queued, 0);
}

/* --- Expect: 100-continue --- */

#define EXPECT                                                                 \
	"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"             \
	"Expect: 100-continue\r\n\r\n"

static void
a_100_comes_from_the_worker_though_the_request_waited(void **state)
{
	int client, other, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	other = site_ask(EXPECT);
	hear_nothing(other);
	site_answer(call, client);
	assert_non_null(strstr(hear(call, "\r\n\r\n"), "100-continue"));
	say(call, "HTTP/1.1 100 Continue\r\n\r\n");
	hear(other, "100 Continue\r\n\r\n");
	say(other, "body");
	hear(call, "body");
	site_answer(call, other);
}

static void
a_chunked_body_is_called_for_here_and_once(void **state)
{
	int client, call;
	const char *asked;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Transfer-Encoding: chunked\r\n"
			  "Expect: 100-continue\r\n\r\n");
	hear(client, "HTTP/1.1 100 Continue\r\n\r\n");
	say(client, "4\r\nbody\r\n0\r\n\r\n");
	call = site_call(0);
	asked = hear(call, "body");
	assert_null(strstr(asked, "Expect"));
	assert_non_null(strstr(asked, "Content-Length: 4\r\n"));
	site_answer(call, client);
}

static void
a_refusal_goes_before_the_body(void **state)
{
	int client;

	(void)state;
	site.config.limits.body_bytes = 3;
	site_open(site_first_free, 1, 0);
	client = site_ask(EXPECT);
	assert_non_null(strstr(hear(client, "}\n"), " 413 "));
	assert_int_equal(hear_end(client), 0);
	site_no_call(0);
}

static void
a_workers_refusal_goes_before_the_body(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(EXPECT);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno");
	assert_non_null(strstr(hear(client, "no"), "Connection: close"));
	assert_int_equal(hear_end(client), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(an_http_1_0_client_gets_plain_bytes_and_the_end),
	    site_test(the_next_request_is_not_begun_before_the_answer_is_over),
	    site_test(one_who_leaves_the_queue_leaves_nothing_behind),
	    site_test(one_who_leaves_the_queue_amid_its_body_is_noticed),
	    site_test(a_100_comes_from_the_worker_though_the_request_waited),
	    site_test(a_chunked_body_is_called_for_here_and_once),
	    site_test(a_refusal_goes_before_the_body),
	    site_test(a_workers_refusal_goes_before_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
