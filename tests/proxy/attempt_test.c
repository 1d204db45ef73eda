/* Proves src/proxy/attempt.c: retries, and workers that change. */
#include "peers.h"

#include <sys/resource.h>

/* --- retries --- */

static void
a_429_keeps_the_workers_connection(void **state)
{
	int client, call, other;

	(void)state;
	site_open(site_first_free, 2, 0);
	client = site_client();
	call = site_kept_call(client, 0);
	say(client, GET);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 429 Full\r\nContent-Length: 0\r\n\r\n");
	other = site_call(1);
	site_answer(other, client);
	say(client, GET);
	hear(call, "\r\n\r\n");
	site_answer(call, client);
}

static void
a_retry_is_held_until_a_worker_is_up(void **state)
{
	int client, call;

	(void)state;
	site.config.queue.hold = true;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_set_state(0, WORKER_DOWN);
	site_hang_up(call);
	hear_nothing(client);
	assert_int_equal(site.row->queued, 1);
	site_set_state(0, WORKER_UP);
	call = site_call(0);
	site_answer(call, client);
}

static void
a_retry_that_is_held_in_vain_is_503(void **state)
{
	int client, call;

	(void)state;
	site.config.queue.hold = true;
	site.config.timeouts_us.queue = SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_set_state(0, WORKER_DOWN);
	site_hang_up(call);
	site_turns();
	site_pass(SECOND);
	hear(client, " 503 ");
}

/* Nobody else may be asked, and waiting would better nothing. */
static void
a_429_is_passed_on_though_requests_are_held(void **state)
{
	int client, call;

	(void)state;
	site.config.queue.hold = true;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_set_state(0, WORKER_DOWN);
	say(call, "HTTP/1.1 429 Full\r\nContent-Length: 0\r\n\r\n");
	hear(client, " 429 ");
}

static void
without_a_hold_a_retry_that_finds_no_worker_fails(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_set_state(0, WORKER_DOWN);
	site_hang_up(call);
	hear(client, " 502 ");
}

/* The first worker takes a request on a kept connection, and drops both. */
static void
lose_kept(int client)
{
	int call = site_kept_call(client, 0);

	say(client, GET);
	hear(call, "\r\n\r\n");
	site_hang_up(call);
}

/* A worker that died of the request, for all that is known, is not given it
 * again while there is another. */
static void
what_a_kept_connection_took_is_tried_elsewhere(void **state)
{
	int client, other;

	(void)state;
	site_open(site_first_free, 2, 0);
	client = site_client();
	lose_kept(client);
	other = site_call(1);
	site_answer(other, client);
	site_no_call(0);
	assert_int_equal(site.row->counters.retries, 1);
	assert_int_equal(site_failed(0), 1);
}

/* The worker closes a kept connection with this request unread. */
static int
lose_unread(const char *request)
{
	int client = site_client(), call = site_kept_call(client, 0);
	char byte;

	say(client, request);
	while (recv(call, &byte, 1, MSG_PEEK) != 1)
		site_turn();
	site_hang_up(call);
	return client;
}

/* It has answered on that connection before, and a new one tells whether it
 * still does. */
static void
a_kept_connection_that_is_reset_is_no_failure_of_its_worker(void **state)
{
	int client;

	(void)state;
	site_open(site_first_free, 2, 0);
	client = lose_unread(GET);
	site_answer(site_call(1), client);
	client = lose_unread("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			     "Content-Length: 2\r\n\r\nab");
	hear(client, " 502 ");
	site_no_call(1);
	assert_int_equal(site.row->counters.upstream_broken, 2);
	assert_int_equal(site_failed(0), 0);
}

static void
a_new_connection_that_is_reset_is_a_failure_of_its_worker(void **state)
{
	int client, call;
	char byte;

	(void)state;
	site_open(site_first_free, 2, 0);
	client = site_ask(GET);
	call = site_call(0);
	while (recv(call, &byte, 1, MSG_PEEK) != 1)
		site_turn();
	site_hang_up(call);
	site_answer(site_call(1), client);
	assert_int_equal(site_failed(0), 1);
}

static void
the_only_worker_is_asked_again_within_the_budget(void **state)
{
	int client, call;

	(void)state;
	site.config.retry.budget = 0.01;
	site_open(site_first_free, 1, 0);
	client = site_client();
	for (int i = 0; i < (int)BUDGET_RESERVE; i++) {
		lose_kept(client);
		call = site_call(0);
		hear(call, "\r\n\r\n");
		say(call, "HTTP/1.1 200 OK\r\nConnection: close\r\n"
			  "Content-Length: 2\r\n\r\nok");
		hear(client, "ok");
		site_hang_up(call);
	}
	assert_int_equal(site.row->counters.retries, (int)BUDGET_RESERVE);
	lose_kept(client);
	hear(client, " 502 ");
	site_no_call(0);
}

static void
without_a_budget_nobody_is_asked_again(void **state)
{
	int client;

	(void)state;
	site.config.retry.budget = 0;
	site_open(site_first_free, 2, 0);
	client = site_client();
	lose_kept(client);
	hear(client, " 502 ");
	site_no_call(0);
	site_no_call(1);
	assert_int_equal(site.row->counters.retries, 0);
}

static void
without_retries_nobody_is_asked_again(void **state)
{
	int client;

	(void)state;
	site.config.retry.attempts = 1;
	site_open(site_first_free, 1, 0);
	client = site_client();
	lose_kept(client);
	hear(client, " 502 ");
	site_no_call(0);
}

#define POST_LONG                                                              \
	"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"

/* The worker closes a kept connection just when a long body comes, and both
 * are seen in the same turn. */
static void
a_long_body_survives_a_kept_connection_that_closes(void **state)
{
	static char body[100000];
	int client, call;

	(void)state;
	site.config.retry.budget = 0; /* it is no retry */
	site_open(site_first_free, 1, 0);
	memset(body, 'b', sizeof(body));
	client = site_client();
	call = site_kept_call(client, 0);
	assert_int_equal(write(client, POST_LONG, sizeof(POST_LONG) - 1),
	    sizeof(POST_LONG) - 1);
	assert_int_equal(write(client, body, sizeof(body)), sizeof(body));
	site_hang_up(call);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_answer(call, client);
}

/* The reset comes right behind the last answer, and so is not heard of before
 * the first part of the body is lost. */
static void
a_body_that_a_kept_connection_lost_is_no_failure_of_its_worker(void **state)
{
	static char body[100000];
	struct linger reset = {.l_onoff = 1, .l_linger = 0};
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	memset(body, 'b', sizeof(body));
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	assert_int_equal(write(call, OK, sizeof(OK) - 1), sizeof(OK) - 1);
	setsockopt(call, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	site_hang_up(call);
	hear(client, "ok");
	assert_int_equal(write(client, POST_LONG, sizeof(POST_LONG) - 1),
	    sizeof(POST_LONG) - 1);
	assert_int_equal(write(client, body, sizeof(body)), sizeof(body));
	hear(client, " 502 ");
	assert_int_equal(site_failed(0), 0);
}

static void
a_kept_connection_that_closes_is_waited_for_when_no_socket_is_left(void **state)
{
	struct rlimit before, none;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	call = site_kept_call(client, 0);
	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	assert_int_equal(write(client, GET, sizeof(GET) - 1), sizeof(GET) - 1);
	close(call);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	assert_int_equal(site_inflight(0), 0);
	setrlimit(RLIMIT_NOFILE, &before);
	site_pass(SECOND / 10);
	call = site_call(0);
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
}

/* --- workers that change --- */

static void
a_worker_that_cannot_be_reached_is_passed_over(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 2, 0);
	close(site.workers[0].listener);
	site.workers[0].listener = -1;
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 2\r\n\r\nab");
	call = site_call(1);
	hear(call, "ab");
	site_answer(call, client);
	assert_int_equal(site_inflight(0), 0);
}

static void
a_connection_to_a_former_address_is_not_kept(void **state)
{
	struct worker_table *table;
	struct address moved;
	int client, call, listener;

	(void)state;
	site_open(site_first_free, 1, 0);
	table = site.gateway->workers;
	client = site_ask(GET);
	call = site_call(0);
	listener = site_listen(&moved);
	worker_set_address(table, site.workers[0].slot, &moved);
	worker_publish(table);
	site_turns();
	site_answer(call, client);
	assert_int_equal(hear_end(call), 0);
	close(listener);
}

static void
a_connection_to_a_removed_worker_is_not_kept(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	site_remove(0);
	site_answer(call, client);
	hear_end(call);
}

/* --- what happens in the turn in which a request is posted --- */

static const char post[] = "POST /run/f HTTP/1.1\r\nHost: h\r\n"
			   "Content-Length: 2\r\n\r\nhi";

static void
a_post_goes_again_when_its_kept_connection_is_reset_before_it(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	call = site_kept_call(client, 0);
	say_at_once(client, post);
	site_reset(call);
	call = site_call(0);
	hear(call, "hi");
	site_answer(call, client);
}

static void
what_a_worker_says_before_it_is_asked_answers_nobody(void **state)
{
	int client, call, other;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	call = site_kept_call(client, 0);
	say_at_once(client, post);
	say_at_once(call, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad");
	other = site_call(0);
	hear(other, "hi");
	site_answer(other, client);
	assert_int_equal(hear_end(call), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_429_keeps_the_workers_connection),
	    site_test(a_retry_is_held_until_a_worker_is_up),
	    site_test(a_retry_that_is_held_in_vain_is_503),
	    site_test(a_429_is_passed_on_though_requests_are_held),
	    site_test(without_a_hold_a_retry_that_finds_no_worker_fails),
	    site_test(what_a_kept_connection_took_is_tried_elsewhere),
	    site_test(
		a_kept_connection_that_is_reset_is_no_failure_of_its_worker),
	    site_test(
		a_new_connection_that_is_reset_is_a_failure_of_its_worker),
	    site_test(the_only_worker_is_asked_again_within_the_budget),
	    site_test(without_a_budget_nobody_is_asked_again),
	    site_test(without_retries_nobody_is_asked_again),
	    site_test(a_long_body_survives_a_kept_connection_that_closes),
	    site_test(
		a_body_that_a_kept_connection_lost_is_no_failure_of_its_worker),
	    site_test(
		a_kept_connection_that_closes_is_waited_for_when_no_socket_is_left),
	    site_test(a_worker_that_cannot_be_reached_is_passed_over),
	    site_test(a_connection_to_a_former_address_is_not_kept),
	    site_test(a_connection_to_a_removed_worker_is_not_kept),
	    site_test(
		a_post_goes_again_when_its_kept_connection_is_reset_before_it),
	    site_test(what_a_worker_says_before_it_is_asked_answers_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
