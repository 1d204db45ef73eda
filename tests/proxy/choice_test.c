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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(a_policy_cannot_send_a_retry_where_it_has_just_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
