/* Proves src/proxy/request.c, end to end in one process. */
#include "peers.h"

static void
an_answer_comes_back(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	call = site_kept_call(client, 0);
	assert_int_equal(site_inflight(0), 0);
	say(client, GET);
	hear(call, "\r\n\r\n"); /* on the same connection */
	assert_int_equal(site_inflight(0), 1);
	site_answer(call, client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(an_answer_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
