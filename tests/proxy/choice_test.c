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

/* All times of a turn are one, but for this. */
static void
a_slow_pick_is_no_time_of_the_workers(void **state)
{
	uint64_t before_us;
	int client, call;

	(void)state;
	site_open("return { pick = function(_, workers)\n"
		  "    local sum = 1\n"
		  "    for i = 1, 2e7 do sum = sum + i % 7 end\n"
		  "    return sum > 0 and workers[1] or nil\n"
		  "end }",
	    1, 0);
	before_us = clock_now_us();
	client = site_ask(GET);
	call = site_call(0);
	assert_true(clock_now_us() >= before_us + 500);
	assert_true(site.loop->picks_are_slow); /* nobody waits for more */
	site_answer(call, client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_policy_cannot_send_a_retry_where_it_has_just_failed),
	    site_test(a_slow_pick_is_no_time_of_the_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
