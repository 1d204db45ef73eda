/* Proves src/proxy/choice.c: what the policy says, and what it may not. */
#include "peers.h"

static const char always_first
    [] = "return { pick = function(_, workers) return workers[1] end }";

static void
a_policy_cannot_send_a_retry_where_it_has_just_failed(void **state)
{
	int client, call;

	(void)state;
	site_open(always_first, 2, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_hang_up(call);
	call = site_call(1);
	site_answer(call, client);
}

static void
picks_that_fail_one_after_the_other_are_no_standstill(void **state)
{
	int client, call;

	(void)state;
	site_open("return { pick = function() error('late') end }", 1, 0);
	site.row->heartbeat_us = 0;
	client = site_ask(GET);
	call = site_call(0);
	assert_int_not_equal(site.row->heartbeat_us, 0);
	site_answer(call, client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_policy_cannot_send_a_retry_where_it_has_just_failed),
	    site_test(picks_that_fail_one_after_the_other_are_no_standstill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
