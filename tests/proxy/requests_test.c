/* Proves src/proxy/requests.c: reload and drain. */
#include "site.h"

#define UPGRADE                                                                \
	"GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"            \
	"Upgrade: x\r\n\r\n"
#define SWITCH                                                                 \
	"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"          \
	"Upgrade: x\r\n\r\n"

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
	tunnel = site_client();
	say(tunnel, UPGRADE);
	calls[0] = site_call(0);
	say(calls[0], SWITCH);
	hear(tunnel, "\r\n\r\n");
	running = site_client();
	say(running, GET);
	calls[1] = site_call(1);
	waiting = site_client();
	say(waiting, GET);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	requests_swap(site.requests, site_epoch(last_free, 2));
	site_turns();
	assert_int_equal(site.row->queued, 1);
	hear(calls[1], "\r\n\r\n");
	say(calls[1], OK);
	hear(running, "ok");
	hear(calls[1], "\r\n\r\n"); /* the one that waited */
	say(calls[1], OK);
	hear(waiting, "ok");
	say(tunnel, "hello");
	hear(calls[0], "hello");
	close(calls[0]);
	assert_int_equal(hear_end(tunnel), 0);
	close(running);
	close(waiting);
	close(tunnel);
	close(calls[1]);
}

static void
a_reload_may_let_those_who_wait_go(void **state)
{
	int client, call;

	(void)state;
	site_open("return { pick = function() end }", 1, 1);
	client = site_client();
	say(client, GET);
	site_no_call(0);
	requests_swap(site.requests, site_epoch(last_free, 2));
	call = site_call(0);
	say(call, OK);
	hear(client, "ok");
	close(client);
	close(call);
}

static void
draining_finishes_what_has_begun(void **state)
{
	int busy, idle, other;

	(void)state;
	site_open(site_first_free, 2, 0);
	idle = site_client();
	other = site_kept_call(idle, 0);
	busy = site_client();
	say(busy, "POST /run/f HTTP/1.1\r\nHost: h\r\n"
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
	close(busy);
	close(idle);
	close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_reload_disturbs_nobody),
	    site_test(a_reload_may_let_those_who_wait_go),
	    site_test(draining_finishes_what_has_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
