/* Proves src/proxy/outcome.c: what becomes of what a worker does. */
#include "site.h"

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

static void
failing_fast_makes_no_worker_look_fast(void **state)
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
	say(client, GET);
	say(call, "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nfail");
	hear(client, "fail");
	assert_true(worker->latency_ms == 1000);
	assert_true(
	    worker_failed(site.gateway->workers, site.workers[0].slot) == 1);
	close(client);
	close(call);
}

static void
a_function_that_fails_is_no_failure_of_its_worker(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, GET);
	call = site_call(0);
	say(call, "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
	hear(client, "oops");
	assert_true(
	    worker_failed(site.gateway->workers, site.workers[0].slot) == 0);
	close(client);
	close(call);
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
