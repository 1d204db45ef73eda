/* Proves src/proxy/outcome.c: what becomes of what a worker does. */
#include "peers.h"

static void
being_full_makes_no_worker_look_fast(void **state)
{
	struct worker *worker;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	clock_cached_us += SECOND;
	site_answer(call, client);
	worker = worker_at(site.gateway->workers, site.workers[0].slot);
	assert_true(worker->latency_ms == 1000);
	say(client, GET);
	say(call, "HTTP/1.1 429 Full\r\nContent-Length: 4\r\n\r\nfull");
	hear(client, "full");
	assert_true(worker->latency_ms == 1000);
}

static void
failing_fast_makes_no_worker_look_fast(void **state)
{
	struct worker *worker;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	clock_cached_us += SECOND;
	site_answer(call, client);
	worker = worker_at(site.gateway->workers, site.workers[0].slot);
	say(client, GET);
	say(call, "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nfail");
	hear(client, "fail");
	assert_true(worker->latency_ms == 1000);
	assert_true(site_failed(0) == 1);
}

static void
a_function_that_fails_is_no_failure_of_its_worker(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	say(call, "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
	hear(client, "oops");
	assert_true(site_failed(0) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(being_full_makes_no_worker_look_fast),
	    site_test(failing_fast_makes_no_worker_look_fast),
	    site_test(a_function_that_fails_is_no_failure_of_its_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
