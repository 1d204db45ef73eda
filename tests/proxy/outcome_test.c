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

/* Has the worker answer with this header. */
static void
report(int client, int call, const char *utilization)
{
	char answer[128];

	say(client, GET);
	hear(call, "\r\n\r\n");
	snprintf(answer, sizeof(answer),
	    "HTTP/1.1 200 OK\r\nX-Picket-Utilization: %s\r\n"
	    "Content-Length: 2\r\n\r\nok",
	    utilization);
	say(call, answer);
	hear(client, "ok");
}

static void
a_worker_tells_how_busy_it_is(void **state)
{
	static const char *const nothing[] = {"", "x", "0.1x", "-0.1", "1.1",
	    "nan", "0.50000000000000000000000000000"};
	struct worker *worker;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 0);
	worker = worker_at(site.gateway->workers, site.workers[0].slot);
	client = site_client();
	call = site_kept_call(client, 0);
	assert_true(worker->utilization == 0);
	report(client, call, "0.25");
	assert_true(worker->utilization == 0.25);
	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		report(client, call, nothing[i]);
	assert_true(worker->utilization == 0.25);
	report(client, call, "1");
	assert_true(worker->utilization == 1);
	say(client, GET);
	hear(call, "\r\n\r\n");
	site_answer(call, client);
	assert_true(worker->utilization == 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(being_full_makes_no_worker_look_fast),
	    site_test(failing_fast_makes_no_worker_look_fast),
	    site_test(a_function_that_fails_is_no_failure_of_its_worker),
	    site_test(a_worker_tells_how_busy_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
