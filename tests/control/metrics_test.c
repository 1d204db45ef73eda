/* What src/control/metrics.h promises. */
#include "metrics.h"

#include "fixture.h"
#include "membership.h"

static struct gateway *gateway;
static struct evbuffer *out;

static int
make(void **state)
{
	(void)state;
	gateway = gateway_new(4, 2);
	out = evbuffer_new();
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	evbuffer_free(out);
	gateway_free(gateway);
	return 0;
}

static const char *
written(void)
{
	metrics_write(out, gateway);
	evbuffer_add(out, "", 1);
	return (const char *)evbuffer_pullup(out, -1);
}

static void
assert_line(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("no line \"%s\" in %s", line, text);
}

static void
counters_are_added_up_over_the_proxies(void **state)
{
	const char *text;

	(void)state;
	gateway->processes[1].counters.requests = 3;
	gateway->processes[2].counters.requests = 4;
	gateway->processes[2].counters.connections_open = 5;
	text = written();
	assert_line(text, "# TYPE picket_requests_total counter\n");
	assert_line(text, "\npicket_requests_total 7\n");
	assert_line(text, "# TYPE picket_connections_open gauge\n");
	assert_line(text, "\npicket_connections_open 5\n");
}

static void
the_generation_and_restarts_are_told(void **state)
{
	const char *text;

	(void)state;
	gateway->generation = 7;
	gateway->processes[2].restarts = 3;
	text = written();
	assert_line(text, "\npicket_info{version=\"");
	assert_line(text, "\npicket_generation 7\n");
	assert_line(
	    text, "\npicket_process_restarts_total{process=\"control\"} 0\n");
	assert_line(
	    text, "\npicket_process_restarts_total{process=\"proxy/1\"} 3\n");
}

static void
a_name_cannot_break_out_of_its_label(void **state)
{
	struct listed_worker worker = fixture_worker("a", "127.0.0.1", 1);

	(void)state;
	snprintf(worker.name, sizeof(worker.name), "a\"} 1\n\\");
	membership_add(gateway->workers, &worker, true);
	assert_line(
	    written(), "\npicket_worker_up{worker=\"a\\\"} 1\\n\\\\\"} 0\n");
}

static void
a_name_that_is_no_utf8_spoils_nothing(void **state)
{
	struct listed_worker worker = fixture_worker("a", "127.0.0.1", 1);

	(void)state;
	snprintf(worker.name, sizeof(worker.name), "\xc3\xa9\xff\xe2");
	membership_add(gateway->workers, &worker, true);
	assert_line(written(), "\npicket_worker_up{worker=\"\xc3\xa9"
			       "\xef\xbf\xbd\xef\xbf\xbd\"} 0\n");
}

static void
buckets_are_cumulative_and_in_seconds(void **state)
{
	struct histogram *times = &gateway->processes[1].counters.request_time;
	const char *text;

	(void)state;
	histogram_add(times, 2000);
	histogram_add(times, 2000);
	histogram_add(times, 2000000);
	text = written();
	assert_line(text, "\npicket_request_seconds_bucket{le=\"0.001\"} 0\n");
	assert_line(text, "\npicket_request_seconds_bucket{le=\"0.003\"} 2\n");
	assert_line(text, "\npicket_request_seconds_bucket{le=\"3\"} 3\n");
	assert_line(text, "\npicket_request_seconds_bucket{le=\"+Inf\"} 3\n");
	assert_line(text, "\npicket_request_seconds_sum 2.004\n");
	assert_line(text, "\npicket_request_seconds_count 3\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(counters_are_added_up_over_the_proxies),
	    TEST(the_generation_and_restarts_are_told),
	    TEST(a_name_cannot_break_out_of_its_label),
	    TEST(a_name_that_is_no_utf8_spoils_nothing),
	    TEST(buckets_are_cumulative_and_in_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
