/* Proves src/proxy/expiry.c: who is late, and whose fault it is. */
#include "peers.h"

/* --- what takes too long --- */

static void
each_state_has_its_time(void **state)
{
	struct {
		const char *asked, *answered, *heard;
		int status;
		uint64_t us;
	} rows[] = {
	    {"POST /run/f HTTP/1.1\r\nHost: h\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n3\r\nab",
		NULL, NULL, 408, 11 * SECOND},
	    {"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab",
		"", "ab", 408, 11 * SECOND},
	    {GET, "", "\r\n\r\n", 504, 12 * SECOND},
	    {GET, "HTTP/1.1 200 OK\r\nContent-Le", "\r\n\r\n", 504,
		12 * SECOND},
	    {GET, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "\r\n\r\n",
		0, 13 * SECOND},
	};

	(void)state;
	site.config.timeouts_us.body = 11 * SECOND;
	site.config.timeouts_us.first_byte = 12 * SECOND;
	site.config.timeouts_us.between_bytes = 13 * SECOND;
	site_open(site_first_free, 1, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int client = site_client(), call = -1;
		char status[8];

		say(client, rows[i].asked);
		if (rows[i].answered != NULL) {
			call = site_call(0);
			hear(call, rows[i].heard);
			say(call, rows[i].answered);
		}
		site_turns();
		site_pass(rows[i].us - 1);
		assert_int_equal(site.row->counters.requests_active, 1);
		site_pass(1);
		assert_int_equal(site.row->counters.requests_active, 0);
		snprintf(status, sizeof(status), " %d ", rows[i].status);
		if (rows[i].status != 0)
			hear(client, status);
		else
			assert_int_equal(hear_end(client), ECONNRESET);
		assert_int_equal(site_inflight(0), 0);
	}
}

static void
all_of_it_has_a_time_too(void **state)
{
	int client, call;

	(void)state;
	site.config.timeouts_us.total = 10 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	site_pass(10 * SECOND);
	hear(client, " 504 ");
}

static void
a_slow_client_is_no_failure_of_the_worker(void **state)
{
	int client, call;

	(void)state;
	site.config.timeouts_us.total = 10 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask("POST /run/f HTTP/1.1\r\nHost: h\r\n"
			  "Content-Length: 3\r\n\r\nab");
	call = site_call(0);
	hear(call, "ab");
	site_pass(10 * SECOND);
	hear(client, " 504 ");
	assert_true(site_failed(0) == 0);
}

/* --- what only looks late, after a turn that took long --- */

static void
an_answer_that_nobody_has_read_yet_is_not_late(void **state)
{
	int client, call;

	(void)state;
	site.config.timeouts_us.first_byte = 12 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	hear(call, "\r\n\r\n");
	say_at_once(call, OK);
	site_pass(20 * SECOND);
	hear(client, " 200 ");
}

static void
a_connection_that_nobody_has_noticed_yet_is_not_late(void **state)
{
	int client;

	(void)state;
	site.config.timeouts_us.connect = SECOND;
	site_open(site_first_free, 1, 0);
	client = site_client();
	say(client, GET);
	while (site_inflight(0) == 0)
		site_turn();
	site_pass(2 * SECOND);
	say(site_call(0), OK);
	hear(client, " 200 ");
}

/* --- slow and stuck peers --- */

static void
a_slow_reader_keeps_its_answer(void **state)
{
	static char much[1 << 20];
	int client, call;

	(void)state;
	site.config.timeouts_us.between_bytes = 10 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_ask(GET);
	call = site_call(0);
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
	site_flood(call, much, sizeof(much), SIZE_MAX);
	for (int i = 0; i < 10; i++) {
		hear_bytes(client, 200000);
		site_pass(9 * SECOND);
	}
	assert_int_equal(site_inflight(0), 1);
	site_pass(10 * SECOND);
	site_pass(10 * SECOND);
	assert_int_equal(site_inflight(0), 0);
	/* it was the client who did not read */
	assert_true(site_failed(0) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(each_state_has_its_time),
	    site_test(all_of_it_has_a_time_too),
	    site_test(an_answer_that_nobody_has_read_yet_is_not_late),
	    site_test(a_connection_that_nobody_has_noticed_yet_is_not_late),
	    site_test(a_slow_client_is_no_failure_of_the_worker),
	    site_test(a_slow_reader_keeps_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
