/* Proves src/proxy/hedge.c: two attempts at once, one answer, nothing left. */
#include "peers.h"

static int client, first, second; /* who asks, and the two who are asked */

/* Enough is known of /run/f by now, and its answers took no time. */
static void
open_site(const char *policy, int capacity)
{
	if (site.config.hedging.percentile == 0)
		site.config.hedging.percentile = 90;
	site.config.hedging.min_delay_us = SECOND;
	site_open(policy, 2, capacity);
	client = site_client();
	first = site_kept_call(client, 0);
	for (int i = 0; i < 15; i++) {
		say(client, GET);
		hear(first, "\r\n\r\n");
		site_answer(first, client);
	}
}

static void
ask(const char *request, const char *end)
{
	say(client, request);
	hear(first, end);
}

/* A request that is with both workers. */
static void
open_hedged(void)
{
	open_site(site_first_free, 1);
	ask(GET, "\r\n\r\n");
	site_pass(2 * SECOND);
	second = site_call(1);
	hear(second, "\r\n\r\n");
	assert_int_equal(site_inflight(0), 1);
	assert_int_equal(site_inflight(1), 1);
}

static void
assert_none_in_flight(void)
{
	assert_int_equal(site_inflight(0), 0);
	assert_int_equal(site_inflight(1), 0);
	assert_int_equal(site.row->counters.requests_active, 0);
}

static void
the_second_answer_wins_when_it_comes_first(void **state)
{
	(void)state;
	open_hedged();
	site_answer(second, client);
	assert_int_equal(hear_end(first), 0);
	assert_none_in_flight();
	assert_int_equal(site.row->counters.hedges, 1);
	assert_int_equal(site.row->counters.hedges_won, 1);
	assert_int_equal(site.row->counters.responses_2xx, 17);
}

static int
failures(void)
{
	return worker_at(site.gateway->workers, site.workers[0].slot)->failures;
}

static void
who_is_outrun_now_and_then_has_not_failed_but_who_always_is_has(void **state)
{
	(void)state;
	site.config.ejection.time_us = 10 * SECOND;
	open_hedged();
	site_answer(second, client);
	assert_int_equal(failures(), 0);
	site_pass(20 * SECOND);
	site_hang_up(first);
	say(client, GET);
	first = site_call(0);
	hear(first, "\r\n\r\n");
	site_pass(8 * SECOND); /* it is known to be slow at times */
	hear(second, "\r\n\r\n");
	site_answer(second, client);
	assert_int_equal(failures(), 1);
}

static void
the_first_answer_gives_the_second_attempt_up(void **state)
{
	(void)state;
	open_hedged();
	site_answer(first, client);
	assert_int_equal(hear_end(second), 0);
	assert_none_in_flight();
	assert_int_equal(site.row->counters.hedges_won, 0);
	ask(GET, "\r\n\r\n"); /* on the kept connection */
	site_answer(first, client);
}

static void
a_long_answer_of_the_second_attempt_is_whole(void **state)
{
	(void)state;
	open_hedged();
	say(second, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "3\r\nabc\r\n");
	hear(client, "abc");
	assert_int_equal(site_inflight(0), 0);
	assert_int_equal(site_inflight(1), 1);
	say(second, "3\r\ndef\r\n0\r\n\r\n");
	hear(client, "0\r\n\r\n");
	assert_none_in_flight();
}

static void
the_policy_is_asked_as_for_a_second_attempt(void **state)
{
	(void)state;
	open_site("return { pick = function(request, workers)\n"
		  "    return workers[request.attempt]\n"
		  "end }",
	    0);
	ask(GET, "\r\n\r\n");
	site_pass(2 * SECOND);
	second = site_call(1);
	site_answer(second, client);
}

static void
done_hears_of_each_attempt_by_its_number(void **state)
{
	struct request_view *told;

	(void)state;
	open_site("return {\n"
		  "    pick = function(request, workers)\n"
		  "        return workers[request.attempt]\n"
		  "    end,\n"
		  "    done = function() end,\n"
		  "}",
	    0);
	told = policy_request(site.requests->epoch->policy);
	ask(GET, "\r\n\r\n");
	site_pass(2 * SECOND);
	second = site_call(1);
	hear(second, "\r\n\r\n");
	say(first, "gibberish\r\n\r\n");
	hear_nothing(client);
	assert_int_equal(told->attempt, 1);
	site_answer(second, client);
	assert_int_equal(told->attempt, 2);
}

static void
a_second_attempt_never_goes_where_the_first_is(void **state)
{
	(void)state;
	open_site("return { pick = function(_, workers)\n"
		  "    return workers[1]\n"
		  "end }",
	    0);
	ask(GET, "\r\n\r\n");
	site_pass(2 * SECOND);
	second = site_call(1);
	site_answer(second, client);
}

static void
there_is_one_hedge_at_most(void **state)
{
	(void)state;
	open_hedged();
	site_hang_up(second);
	site_pass(5 * SECOND);
	site_no_call(1);
	assert_int_equal(site.row->counters.hedges, 1);
	site_answer(first, client);
}

/* --- who is not hedged --- */

static void
only_what_may_be_repeated_is_hedged(void **state)
{
	struct {
		const char *asked, *end;
		bool is_hedged;
	} rows[] = {
	    {"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
		"ab", false},
	    {"PATCH /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
		"ab", false},
	    {"GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\n"
	     "Upgrade: x\r\n\r\n",
		"\r\n\r\n", false},
	    {"HEAD /run/f HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\r\n", true},
	    {"PUT /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
		"ab", true},
	    {"PUT /run/f HTTP/1.1\r\nHost: h\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		"ab", true},
	};

	(void)state;
	site.config.hedging.percentile = 50;
	open_site(site_first_free, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ask(rows[i].asked, rows[i].end);
		site_pass(2 * SECOND);
		if (rows[i].is_hedged) {
			second = site_call(1);
			hear(second, rows[i].end);
		} else {
			site_no_call(1);
		}
		say(first, "HTTP/1.1 204 No\r\n\r\n");
		hear(client, "\r\n\r\n");
	}
}

static void
a_body_that_was_streamed_is_not_hedged(void **state)
{
	(void)state;
	open_site(site_first_free, 0);
	ask("PUT /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab",
	    "ab");
	say(client, "cd");
	hear(first, "cd");
	site_pass(2 * SECOND);
	site_no_call(1);
	site_answer(first, client);
}

static void
one_that_is_being_answered_is_not_hedged(void **state)
{
	(void)state;
	open_site(site_first_free, 0);
	ask(GET, "\r\n\r\n");
	say(first, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
	hear(client, "ha");
	site_pass(2 * SECOND);
	site_no_call(1);
	say(first, "lf");
	hear(client, "lf");
}

static void
a_hedge_waits_for_no_place(void **state)
{
	int other, call;

	(void)state;
	open_site(site_first_free, 1);
	ask(GET, "\r\n\r\n");
	other = site_ask(GET);
	call = site_call(1);
	hear(call, "\r\n\r\n");
	site_pass(2 * SECOND);
	assert_int_equal(site.row->queued, 0);
	assert_int_equal(site.row->counters.hedges, 0);
	site_answer(call, other);
	hear_nothing(call);
	site_answer(first, client);
}

static void
a_hedge_takes_no_place_that_somebody_waits_for(void **state)
{
	(void)state;
	open_site(site_first_free, 1);
	ask(GET, "\r\n\r\n");
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	clock_cached_us += 2 * SECOND;
	site.gateway->processes[2].heartbeat_us = clock_now_us();
	site_pass(0);
	site_no_call(1);
	site_answer(first, client);
}

static void
hedges_have_the_budget_of_retries(void **state)
{
	(void)state;
	site.config.retry.budget = 0;
	open_site(site_first_free, 0);
	ask(GET, "\r\n\r\n");
	site_pass(2 * SECOND);
	site_no_call(1);
	assert_int_equal(site.row->counters.retries_denied, 1);
	site_answer(first, client);
}

static void
a_hedge_that_finds_no_worker_costs_no_budget(void **state)
{
	double saved;

	(void)state;
	open_site("return { pick = function(request, workers)\n"
		  "    return request.attempt == 1 and workers[1] or nil\n"
		  "end }",
	    0);
	ask(GET, "\r\n\r\n");
	saved = site.requests->budget.saved;
	site_pass(2 * SECOND);
	site_no_call(1);
	assert_true(site.requests->budget.saved == saved);
	site_answer(first, client);
}

static void
what_is_not_known_is_not_hedged(void **state)
{
	int call;

	(void)state;
	site.config.hedging.percentile = 90;
	site.config.hedging.min_delay_us = SECOND;
	site_open(site_first_free, 2, 0);
	client = site_ask(GET);
	call = site_call(0);
	site_pass(2 * SECOND);
	site_no_call(1);
	site_answer(call, client);
}

static void
without_hedging_nobody_is_hedged(void **state)
{
	int call;

	(void)state;
	site_open(site_first_free, 2, 0);
	client = site_client();
	for (int i = 0; i < 20; i++) {
		call = site_kept_call(client, 0);
		site_hang_up(call);
		site_turns();
	}
	say(client, GET);
	call = site_call(0);
	site_pass(50 * SECOND);
	site_no_call(1);
	site_answer(call, client);
}

/* --- attempts that fail --- */

static void
a_hedge_that_fails_leaves_the_first_attempt_alone(void **state)
{
	(void)state;
	open_hedged();
	site_hang_up(second);
	hear_nothing(client);
	assert_int_equal(site_inflight(1), 0);
	site_answer(first, client);
	assert_none_in_flight();
}

static void
when_the_first_attempt_fails_the_hedge_goes_on(void **state)
{
	(void)state;
	open_hedged();
	say(first, "gibberish\r\n\r\n");
	hear_nothing(client);
	assert_int_equal(site_inflight(0), 0);
	assert_int_equal(site_inflight(1), 1);
	site_answer(second, client);
	assert_none_in_flight();
	assert_int_equal(site.row->counters.retries, 0);
}

static void
when_both_fail_the_client_hears_of_it_once(void **state)
{
	(void)state;
	open_hedged();
	say(first, "gibberish\r\n\r\n");
	say(second, "gibberish\r\n\r\n");
	assert_non_null(strstr(hear(client, "}\n"), " 502 "));
	hear_nothing(client);
	assert_none_in_flight();
}

static void
who_is_full_or_failing_does_not_win(void **state)
{
	const char *bad[] = {
	    "HTTP/1.1 429 Full\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_hedged();
		say(second, bad[i]);
		hear_nothing(client);
		assert_int_equal(site_inflight(1), 0);
		site_answer(first, client);
		site_close();
		site_default_config();
		open_hedged();
		say(first, bad[i]);
		hear_nothing(client);
		assert_int_equal(site_inflight(0), 0);
		site_answer(second, client);
		assert_none_in_flight();
		if (i == 0) {
			site_close();
			site_default_config();
		}
	}
}

static void
when_both_are_failing_the_last_answer_is_passed_on(void **state)
{
	(void)state;
	open_hedged();
	say(first, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
	say(second, "HTTP/1.1 504 Last\r\nContent-Length: 4\r\n\r\nlast");
	assert_non_null(strstr(hear(client, "last"), " 504 "));
}

static void
when_both_take_too_long_it_is_504(void **state)
{
	(void)state;
	site.config.timeouts_us.first_byte = 10 * SECOND;
	open_hedged();
	site_pass(20 * SECOND);
	site_pass(20 * SECOND);
	assert_non_null(strstr(hear(client, "}\n"), " 504 "));
	assert_none_in_flight();
}

/* --- what happens meanwhile --- */

static void
a_client_that_leaves_ends_both(void **state)
{
	(void)state;
	open_hedged();
	site_hang_up(client);
	assert_int_equal(hear_end(first), 0);
	assert_int_equal(hear_end(second), 0);
	assert_none_in_flight();
}

static void
interim_answers_of_a_hedge_are_nobodys(void **state)
{
	(void)state;
	open_hedged();
	say(second, "HTTP/1.1 103 Early\r\n\r\n");
	hear_nothing(client);
	say(first, "HTTP/1.1 103 Early\r\n\r\n");
	hear(client, "\r\n\r\n");
	site_answer(second, client);
}

static void
without_a_socket_there_is_no_hedge(void **state)
{
	(void)state;
	open_site(site_first_free, 1);
	ask(GET, "\r\n\r\n");
	site_allow_sockets(false);
	site_pass(2 * SECOND);
	site_allow_sockets(true);
	assert_int_equal(site.row->counters.hedges, 0);
	assert_int_equal(site_inflight(1), 0);
	site_answer(first, client);
	assert_none_in_flight();
}

/* The kept connection that it was sent on closes, and no socket is left. */
static void
one_that_lost_its_connection_and_leaves_is_hedged_no_more(void **state)
{
	(void)state;
	open_site(site_first_free, 0);
	ask(GET, "\r\n\r\n");
	site_allow_sockets(false);
	site_hang_up(first);
	site_turns();
	site_allow_sockets(true);
	assert_int_equal(site.row->queued, 1);
	site_hang_up(client);
	site_turns();
	client = site_ask(GET);
	first = site_call(0);
	hear(first, "\r\n\r\n");
	site_pass(2 * SECOND); /* those who wait to be hedged are whole */
	second = site_call(1);
	site_answer(second, client);
}

static void
a_reload_stops_no_hedge_and_begins_none(void **state)
{
	(void)state;
	open_hedged();
	site.config.hedging.percentile = 0;
	requests_swap(site.requests, site_epoch(site_first_free, 2));
	site_answer(second, client);
	assert_none_in_flight();
	assert_int_equal(hear_end(first), 0);
	site_hang_up(first);
	say(client, GET);
	first = site_call(0);
	site_pass(10 * SECOND);
	hear_nothing(second);
	site_answer(first, client);
}

static void
a_worker_that_leaves_finishes_its_hedge(void **state)
{
	(void)state;
	open_hedged();
	site_remove(1);
	site_answer(second, client);
	assert_none_in_flight();
}

static void
the_end_of_the_gateway_ends_both(void **state)
{
	(void)state;
	open_hedged(); /* and nobody leaves before the end */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(the_second_answer_wins_when_it_comes_first),
	    site_test(
		who_is_outrun_now_and_then_has_not_failed_but_who_always_is_has),
	    site_test(the_first_answer_gives_the_second_attempt_up),
	    site_test(a_long_answer_of_the_second_attempt_is_whole),
	    site_test(the_policy_is_asked_as_for_a_second_attempt),
	    site_test(done_hears_of_each_attempt_by_its_number),
	    site_test(a_second_attempt_never_goes_where_the_first_is),
	    site_test(there_is_one_hedge_at_most),
	    site_test(only_what_may_be_repeated_is_hedged),
	    site_test(a_body_that_was_streamed_is_not_hedged),
	    site_test(one_that_is_being_answered_is_not_hedged),
	    site_test(a_hedge_waits_for_no_place),
	    site_test(a_hedge_takes_no_place_that_somebody_waits_for),
	    site_test(hedges_have_the_budget_of_retries),
	    site_test(a_hedge_that_finds_no_worker_costs_no_budget),
	    site_test(what_is_not_known_is_not_hedged),
	    site_test(without_hedging_nobody_is_hedged),
	    site_test(a_hedge_that_fails_leaves_the_first_attempt_alone),
	    site_test(when_the_first_attempt_fails_the_hedge_goes_on),
	    site_test(when_both_fail_the_client_hears_of_it_once),
	    site_test(who_is_full_or_failing_does_not_win),
	    site_test(when_both_are_failing_the_last_answer_is_passed_on),
	    site_test(when_both_take_too_long_it_is_504),
	    site_test(a_client_that_leaves_ends_both),
	    site_test(interim_answers_of_a_hedge_are_nobodys),
	    site_test(without_a_socket_there_is_no_hedge),
	    site_test(
		one_that_lost_its_connection_and_leaves_is_hedged_no_more),
	    site_test(a_reload_stops_no_hedge_and_begins_none),
	    site_test(a_worker_that_leaves_finishes_its_hedge),
	    site_test(the_end_of_the_gateway_ends_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
