/* Proves the request module, end to end in one process. */
#include "site.h"

/* How a worker's connection that is kept comes to be. */
static int
kept_upstream(int client, int worker)
{
	int call;

	say(client, GET);
	call = site_call(worker);
	hear(call, "\r\n\r\n");
	say(call, OK);
	hear(client, "ok");
	return call;
}

static int
set_up(void **state)
{
	(void)state;
	site_default_config();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	site_close();
	return 0;
}

/* --- the usual way --- */

static void
an_answer_comes_back(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	call = kept_upstream(client, 0);
	assert_int_equal(site_inflight(0), 0);
	say(client, GET);
	hear(call, "\r\n\r\n"); /* on the same connection */
	assert_int_equal(site_inflight(0), 1);
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
}

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
	call = kept_upstream(client, 0);
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
	call = kept_upstream(client, 0);
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

/* --- interim answers --- */

static void
interim_answers_without_end_hold_up_the_worker(void **state)
{
	static char many[65536];
	size_t sent = 0;
	int client, call, idle = 0;

	(void)state;
	site_open(site_first_free, 1, 0);
	for (size_t i = 0; i + 27 < sizeof(many); i += 27)
		memcpy(many + i, "HTTP/1.1 102 Processing\r\n\r\n", 27);
	client = site_client();
	say(client, GET);
	call = site_call(0);
	while (idle < 100 && sent < 64 << 20) {
		size_t at = sent % 27;
		ssize_t n = write(call, many + at, sizeof(many) / 27 * 27 - at);

		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0 ? n : 0;
		site_turn();
	}
	assert_true(sent < 64 << 20);
	close(client);
	close(call);
}

/* --- answers that break --- */

static void
an_answer_to_the_end_of_the_connection_is_not_ended_by_a_reset(void **state)
{
	static char body[100000];
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, "POST /run/f HTTP/1.1\r\nHost: h\r\n"
		    "Content-Length: 1000000\r\n\r\n");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 200 OK\r\n\r\nhalf");
	hear(client, "half");
	/* the reset is first seen by the sending of the body */
	assert_int_equal(write(client, body, sizeof(body)), sizeof(body));
	site_reset(call);
	assert_int_equal(hear_end(client), ECONNRESET);
	close(client);
}

/* --- tunnels --- */

#define UPGRADE                                                                \
	"GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"            \
	"Upgrade: x\r\n\r\n"
#define SWITCH                                                                 \
	"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"          \
	"Upgrade: x\r\n\r\n"

static void
no_limit_of_bodies_holds_for_tunnels(void **state)
{
	int client, call;

	(void)state;
	site.config.limits.body_bytes = 10;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, UPGRADE "early words are many");
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say(call, SWITCH);
	hear(client, "\r\n\r\n");
	hear(call, "early words are many");
	say(client, "and so are later ones");
	hear(call, "and so are later ones");
	close(client);
	close(call);
}

static void
a_tunnel_after_a_long_chunked_body_carries_plain_bytes(void **state)
{
	static char body[100001];
	int client, call;

	(void)state;
	memset(body, 'b', sizeof(body) - 1);
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client,
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
	close(client);
	close(call);
}

static void
a_switch_before_the_end_of_the_body_is_refused(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, "POST /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
		    "Upgrade: x\r\nContent-Length: 10\r\n\r\nhalf");
	call = site_call(0);
	hear(call, "half");
	say(call, SWITCH);
	assert_non_null(strstr(hear(client, "}\n"), " 502 "));
	close(client);
	close(call);
}

static void
a_silent_tunnel_ends_and_is_nobodys_failure(void **state)
{
	int client, call;

	(void)state;
	site.config.timeouts_us.tunnel = SECOND;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, UPGRADE);
	call = site_call(0);
	say(call, SWITCH);
	hear(client, "\r\n\r\n");
	site_pass(SECOND);
	assert_int_equal(hear_end(client), 0);
	assert_int_equal(site_inflight(0), 0);
	assert_true(
	    worker_failed(site.gateway->workers, site.workers[0].slot) == 0);
	close(client);
	close(call);
}

/* --- slow and stuck peers --- */

static void
a_slow_reader_keeps_its_answer(void **state)
{
	static char much[1 << 20];
	size_t sent = 0;
	int client, call, idle = 0;

	(void)state;
	site.config.timeouts_us.between_bytes = 10 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, GET);
	call = site_call(0);
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
	while (idle < 100) { /* until all is full */
		ssize_t n = write(call, much, sizeof(much));

		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0 ? n : 0;
		site_turn();
	}
	for (int i = 0; i < 10; i++) {
		hear_bytes(client, 200000);
		site_pass(9 * SECOND);
	}
	assert_int_equal(site_inflight(0), 1);
	site_pass(10 * SECOND);
	site_pass(10 * SECOND);
	assert_int_equal(site_inflight(0), 0);
	/* it was the client who did not read */
	assert_true(
	    worker_failed(site.gateway->workers, site.workers[0].slot) == 0);
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

/* --- workers that change --- */

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

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(an_answer_comes_back),
	    test(a_policy_cannot_send_a_retry_where_it_has_just_failed),
	    test(a_429_keeps_the_workers_connection),
	    test(being_full_makes_no_worker_look_fast),
	    test(a_long_body_survives_a_kept_connection_that_closes),
	    test(interim_answers_without_end_hold_up_the_worker),
	    test(
		an_answer_to_the_end_of_the_connection_is_not_ended_by_a_reset),
	    test(no_limit_of_bodies_holds_for_tunnels),
	    test(a_tunnel_after_a_long_chunked_body_carries_plain_bytes),
	    test(a_switch_before_the_end_of_the_body_is_refused),
	    test(a_silent_tunnel_ends_and_is_nobodys_failure),
	    test(a_slow_reader_keeps_its_answer),
	    test(those_whom_nobody_suits_hold_up_no_others),
	    test(a_place_that_is_of_no_use_here_wakes_other_proxies),
	    test(the_time_in_the_queue_counts_when_it_was_in_vain),
	    test(a_connection_to_a_former_address_is_not_kept),
	    test(a_connection_to_a_removed_worker_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
