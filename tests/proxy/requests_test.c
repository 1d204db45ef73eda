/* Proves src/proxy/requests.c: reload and drain. */
#include "peers.h"

/* --- reload and drain --- */

static const char last_free[] = "return { pick = function(_, workers)\n"
				"    local last = workers[#workers]\n"
				"    return last:is_free() and last or nil\n"
				"end }";

static void
a_reload_disturbs_nobody(void **state)
{
	int running, waiting, tunnel, calls[3];

	(void)state;
	site_open(site_first_free, 2, 1);
	tunnel = site_ask(UPGRADE);
	calls[0] = site_call(0);
	say(calls[0], SWITCH);
	hear(tunnel, "\r\n\r\n");
	running = site_ask(GET);
	calls[1] = site_call(1);
	waiting = site_ask(GET);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	requests_swap(site.requests, site_epoch(last_free, 2));
	site_turns();
	assert_int_equal(site.row->queued, 1);
	hear(calls[1], "\r\n\r\n");
	site_answer(calls[1], running);
	hear(calls[1], "\r\n\r\n"); /* the one that waited */
	site_answer(calls[1], waiting);
	say(tunnel, "hello");
	hear(calls[0], "hello");
	site_hang_up(calls[0]);
	assert_int_equal(hear_end(tunnel), 0);
}

static void
a_reload_may_let_those_who_wait_go(void **state)
{
	int client, call;

	(void)state;
	site_open("return { pick = function() end }", 1, 1);
	client = site_ask(GET);
	site_no_call(0);
	requests_swap(site.requests, site_epoch(last_free, 2));
	call = site_call(0);
	site_answer(call, client);
}

static void
draining_finishes_what_has_begun(void **state)
{
	int busy, idle, other;

	(void)state;
	site_open(site_first_free, 2, 0);
	idle = site_client();
	other = site_kept_call(idle, 0);
	busy = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			"Content-Length: 4\r\n\r\nha");
	hear(other, "ha");
	requests_drain(site.requests);
	site_pass(SECOND); /* nothing of it is under way */
	assert_int_equal(hear_end(idle), 0);
	say(busy, "lf" GET); /* and no more is served */
	hear(other, "lf");
	say(other, OK);
	assert_non_null(strstr(hear(busy, "ok"), "Connection: close"));
	hear_nothing(other);
	assert_int_equal(hear_end(busy), 0);
}

/* When the time for draining is over. */
static void
whoever_still_waits_at_the_end_is_told(void **state)
{
	static const char nobody[] = "return { pick = function() end }";
	int client;

	(void)state;
	site_open(nobody, 1, 0);
	client = site_ask(GET);
	requests_free(site.requests);
	site.row->counters.connections_open = 0;
	site.requests = requests_new(site.loop, site.gateway, 0);
	requests_swap(site.requests, site_epoch(nobody, 1));
	hear(client, "the gateway stops");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_reload_disturbs_nobody),
	    site_test(a_reload_may_let_those_who_wait_go),
	    site_test(draining_finishes_what_has_begun),
	    site_test(whoever_still_waits_at_the_end_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
