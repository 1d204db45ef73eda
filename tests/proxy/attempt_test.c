/* Proves src/proxy/attempt.c: retries, the queue, and workers that change. */
#include "site.h"

/* --- retries --- */

static const char always_first
    [] = "return { pick = function(_, workers) return workers[1] end }";

static void
a_policy_cannot_send_a_retry_where_it_has_just_failed(void **state)
{
	int client, call;

	(void)state;
	site_open(always_first, 2, 0);
	client = site_client();
	say(client, GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	close(call);
	call = site_call(1);
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
}

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
	say(other, OK);
	hear(client, "ok");
	say(client, GET);
	hear(call, "\r\n\r\n");
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
	close(other);
}

static void
being_full_makes_no_worker_look_fast(void **state)
{
	struct worker *worker;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	clock_cached_us += SECOND;
	say(call, OK);
	hear(client, "ok");
	worker = worker_at(site.gateway->workers, site.workers[0].slot);
	assert_true(worker->latency_ms == 1000);
	say(client, GET);
	say(call, "HTTP/1.1 429 Full\r\nContent-Length: 4\r\n\r\nfull");
	hear(client, "full");
	assert_true(worker->latency_ms == 1000);
	close(client);
	close(call);
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
	site_open(site_first_free, 1, 0);
	memset(body, 'b', sizeof(body));
	client = site_client();
	call = site_kept_call(client, 0);
	assert_int_equal(write(client, POST_LONG, sizeof(POST_LONG) - 1),
	    sizeof(POST_LONG) - 1);
	assert_int_equal(write(client, body, sizeof(body)), sizeof(body));
	close(call);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
}

/* --- the queue --- */

/* Serves /run/yes, and nobody else. */
static const char
    only_yes[] = "return { pick = function(request, workers)\n"
		 "    if request.func == 'yes' and workers[1]:is_free() then\n"
		 "        return workers[1]\n"
		 "    end\n"
		 "end }";

static void
those_whom_nobody_suits_hold_up_no_others(void **state)
{
	int clients[42], call;

	(void)state;
	site_open(only_yes, 1, 1);
	clients[0] = site_client();
	say(clients[0], "GET /run/yes HTTP/1.1\r\nHost: h\r\n\r\n");
	call = site_call(0);
	for (int i = 1; i < 41; i++) {
		clients[i] = site_client();
		say(clients[i], "GET /run/no HTTP/1.1\r\nHost: h\r\n\r\n");
	}
	clients[41] = site_client();
	say(clients[41], "GET /run/yes HTTP/1.1\r\nHost: h\r\n\r\n");
	site_turns();
	assert_int_equal(site.row->queued, 41);
	hear(call, "\r\n\r\n");
	say(call, OK);
	hear(clients[0], "ok");
	site_pass(SECOND / 10);
	hear(call, "\r\n\r\n");
	say(call, OK);
	hear(clients[41], "ok");
	for (int i = 0; i < 42; i++)
		close(clients[i]);
	close(call);
}

/* Ours is the older one, but waits for another worker. */
static void
a_place_that_is_of_no_use_here_wakes_other_proxies(void **state)
{
	int clients[3], calls[2];
	uint64_t count;

	(void)state;
	site_open("return { pick = function(request, workers)\n"
		  "    return workers[request.func == 'one' and 1 or 2]\n"
		  "end }",
	    2, 1);
	for (int i = 0; i < 3; i++)
		clients[i] = site_client();
	say(clients[0], "GET /run/one HTTP/1.1\r\nHost: h\r\n\r\n");
	calls[0] = site_call(0);
	say(clients[1], "GET /run/two HTTP/1.1\r\nHost: h\r\n\r\n");
	calls[1] = site_call(1);
	say(clients[2], "GET /run/one HTTP/1.1\r\nHost: h\r\n\r\n");
	site_turns();
	assert_int_equal(site.row->queued, 1);
	site.gateway->processes[2].queued_since_us = clock_now_us() + 1;
	hear(calls[1], "\r\n\r\n");
	say(calls[1], OK);
	hear(clients[1], "ok");
	assert_int_equal(read(site.gateway->wake[1], &count, 8), 8);
	for (int i = 0; i < 3; i++)
		close(clients[i]);
	close(calls[0]);
	close(calls[1]);
}

static void
the_time_in_the_queue_counts_when_it_was_in_vain(void **state)
{
	int client, other, call;

	(void)state;
	site.config.timeouts_us.queue = SECOND;
	site_open(site_first_free, 1, 1);
	client = site_client();
	other = site_client();
	say(client, GET);
	call = site_call(0);
	say(other, GET);
	site_turns();
	site_pass(SECOND);
	hear(other, " 503 ");
	assert_int_equal(site.row->counters.queue_time.count, 1);
	close(client);
	close(other);
	close(call);
}

/* The first pick names a worker as free of which another proxy has just taken
 * the last place; the second one knows. */
static void
a_place_that_another_proxy_took_is_no_reason_to_wait(void **state)
{
	int client, other, calls[2];

	(void)state;
	site_open("local picks = 0\n"
		  "return { pick = function(_, workers)\n"
		  "    picks = picks + 1\n"
		  "    return workers[picks < 3 and 1 or 2]\n"
		  "end }",
	    2, 1);
	client = site_client();
	say(client, GET);
	calls[0] = site_call(0);
	other = site_client();
	say(other, GET);
	calls[1] = site_call(1);
	say(calls[1], OK);
	hear(other, "ok");
	close(client);
	close(other);
	close(calls[0]);
	close(calls[1]);
}

/* --- workers that change --- */

static void
who_waits_for_a_removed_worker_goes_elsewhere(void **state)
{
	struct worker_table *table;
	int clients[2], calls[2];

	(void)state;
	site_open(always_first, 2, 1);
	table = site.gateway->workers;
	for (int i = 0; i < 2; i++) {
		clients[i] = site_client();
		say(clients[i], GET);
	}
	calls[0] = site_call(0);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	worker_remove(table, site.workers[0].slot);
	worker_publish(table);
	calls[1] = site_call(1);
	say(calls[1], OK);
	hear(clients[1], "ok");
	say(calls[0], OK); /* it finishes what it has */
	hear(clients[0], "ok");
	for (int i = 0; i < 2; i++) {
		close(clients[i]);
		close(calls[i]);
	}
}

static void
without_a_worker_nobody_waits(void **state)
{
	struct worker_table *table;
	int client, other, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	table = site.gateway->workers;
	client = site_client();
	other = site_client();
	say(client, GET);
	call = site_call(0);
	say(other, GET);
	site_turns();
	worker_set_state(table, site.workers[0].slot, WORKER_DOWN, "");
	worker_publish(table);
	site_turns();
	hear(other, " 503 ");
	say(other, GET);
	hear(other, " 503 ");
	worker_set_state(table, site.workers[0].slot, WORKER_UP, "");
	worker_publish(table);
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(other);
	close(call);
}

static void
a_worker_that_cannot_be_reached_is_passed_over(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 2, 0);
	close(site.workers[0].listener);
	site.workers[0].listener = -1;
	client = site_client();
	say(client, "POST /run/f HTTP/1.1\r\nHost: h\r\n"
		    "Content-Length: 2\r\n\r\nab");
	call = site_call(1);
	hear(call, "ab");
	say(call, OK);
	hear(client, "ok");
	assert_int_equal(site_inflight(0), 0);
	close(client);
	close(call);
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
	client = site_client();
	say(client, GET);
	call = site_call(0);
	listener = site_listen(&moved);
	worker_set_address(table, site.workers[0].slot, &moved);
	worker_publish(table);
	site_turns();
	say(call, OK);
	hear(client, "ok");
	assert_int_equal(hear_end(call), 0);
	close(call);
	close(listener);
	close(client);
}

static void
a_connection_to_a_removed_worker_is_not_kept(void **state)
{
	struct worker_table *table;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	table = site.gateway->workers;
	client = site_client();
	say(client, GET);
	call = site_call(0);
	worker_remove(table, site.workers[0].slot);
	worker_publish(table);
	site_turns();
	say(call, OK);
	hear(client, "ok");
	hear_end(call);
	close(call);
	close(client);
}

static void
picks_that_fail_one_after_the_other_are_no_standstill(void **state)
{
	int client, call;

	(void)state;
	site_open("return { pick = function() error('late') end }", 1, 0);
	site.row->heartbeat_us = 0;
	client = site_client();
	say(client, GET);
	call = site_call(0);
	assert_int_not_equal(site.row->heartbeat_us, 0);
	say(call, OK);
	hear(client, "ok");
	close(call);
	close(client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_policy_cannot_send_a_retry_where_it_has_just_failed),
	    site_test(a_429_keeps_the_workers_connection),
	    site_test(being_full_makes_no_worker_look_fast),
	    site_test(a_long_body_survives_a_kept_connection_that_closes),
	    site_test(those_whom_nobody_suits_hold_up_no_others),
	    site_test(a_place_that_is_of_no_use_here_wakes_other_proxies),
	    site_test(a_place_that_another_proxy_took_is_no_reason_to_wait),
	    site_test(the_time_in_the_queue_counts_when_it_was_in_vain),
	    site_test(who_waits_for_a_removed_worker_goes_elsewhere),
	    site_test(without_a_worker_nobody_waits),
	    site_test(a_worker_that_cannot_be_reached_is_passed_over),
	    site_test(a_connection_to_a_former_address_is_not_kept),
	    site_test(a_connection_to_a_removed_worker_is_not_kept),
	    site_test(picks_that_fail_one_after_the_other_are_no_standstill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
