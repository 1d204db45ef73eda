/* What src/lab/load.h promises. */
#include "load.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <event2/buffer.h>
#include <event2/http.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "xmalloc.h"

enum { REQUESTS = 5 };

/* A server, and a load that counts for itself. */
struct stage {
	struct event_base *base;
	struct evhttp *http;
	struct load_target target;
	int status;
	bool hold; /* answer nothing before all are due */
	struct evhttp_request *held[REQUESTS];
	int held_count, held_most;
	int planned, sent, answered, cold, installed, failed;
	double latency_ms[REQUESTS];
	int answers_to[REQUESTS + 1]; /* by number */
};

static void
reply(struct stage *stage, struct evhttp_request *request)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "X-Picket-Cold", "1");
	evhttp_add_header(headers, "X-Picket-Installed", "3");
	evhttp_send_reply(request, stage->status, NULL, NULL);
}

static void
release(struct stage *stage)
{
	for (int i = 0; i < stage->held_count; i++)
		reply(stage, stage->held[i]);
	stage->held_count = 0;
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct stage *stage = arg;

	stage->held[stage->held_count++] = request;
	if (stage->held_count > stage->held_most)
		stage->held_most = stage->held_count;
	if (!stage->hold || stage->sent == REQUESTS)
		release(stage);
}

static bool
next(void *owner, double *due_ms, char **path)
{
	struct stage *stage = owner;

	if (stage->planned == REQUESTS)
		return false;
	*due_ms = stage->planned;
	*path = xasprintf("/run/f%d", stage->planned++);
	return true;
}

static void
sent(void *owner)
{
	struct stage *stage = owner;

	stage->sent++;
	if (stage->sent == REQUESTS)
		release(stage);
}

static void
answered(void *owner, uint64_t number, int status, double latency_ms,
    bool is_cold, int installed)
{
	struct stage *stage = owner;

	assert_in_range(number, 1, REQUESTS);
	stage->answers_to[number]++;
	stage->latency_ms[stage->answered++] = latency_ms;
	stage->failed += status != 200;
	stage->cold += is_cold;
	stage->installed += installed;
}

static void
open_stage(struct stage *stage)
{
	struct evhttp_bound_socket *socket;

	memset(stage, 0, sizeof(*stage));
	stage->status = 200;
	stage->base = event_base_new();
	stage->http = evhttp_new(stage->base);
	evhttp_set_gencb(stage->http, on_request, stage);
	socket = evhttp_bind_socket_with_handle(stage->http, "127.0.0.1", 0);
	stage->target.host = "127.0.0.1";
	stage->target.connections = REQUESTS;
	stage->target.timeout_s = 60;
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	getsockname(evhttp_bound_socket_get_fd(socket),
	    (struct sockaddr *)&address, &len);
	stage->target.port = ntohs(address.sin_port);
}

static void
play(struct stage *stage)
{
	struct load_source source = {next, sent, answered, stage};
	struct load *load = load_start(stage->base, &stage->target, &source);

	event_base_dispatch(stage->base);
	load_free(load);
	if (stage->http != NULL)
		evhttp_free(stage->http);
	event_base_free(stage->base);
}

static void
every_request_is_sent_and_answered(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	play(&stage);
	assert_int_equal(stage.sent, REQUESTS);
	assert_int_equal(stage.answered, REQUESTS);
	assert_int_equal(stage.failed, 0);
	for (int i = 1; i <= REQUESTS; i++)
		assert_int_equal(stage.answers_to[i], 1);
}

static void
what_the_workers_report_is_passed_on(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	play(&stage);
	assert_int_equal(stage.cold, REQUESTS);
	assert_int_equal(stage.installed, 3 * REQUESTS);
}

static void
requests_go_out_when_due_whatever_became_of_others(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	stage.hold = true; /* would never end if one waited for another */
	play(&stage);
	assert_int_equal(stage.answered, REQUESTS);
}

static void
there_are_never_more_connections_than_allowed(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	stage.target.connections = 2;
	stage.hold = true;
	play(&stage);
	assert_int_equal(stage.answered, REQUESTS);
	assert_in_range(stage.held_most, 1, 2);
}

static void
a_latency_counts_from_when_the_request_was_due(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	stage.target.connections = 1;
	stage.hold = true; /* so the first waits until the last is due */
	play(&stage);
	for (int i = 0; i < REQUESTS; i++)
		assert_true(stage.latency_ms[i] >= REQUESTS - 1 - i);
}

static void
a_target_that_is_not_there_fails_every_request(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	evhttp_free(stage.http);
	stage.http = NULL;
	play(&stage);
	assert_int_equal(stage.failed, REQUESTS);
}

static void
a_status_is_passed_on(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage);
	stage.status = 503;
	play(&stage);
	assert_int_equal(stage.failed, REQUESTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_request_is_sent_and_answered),
	    cmocka_unit_test(what_the_workers_report_is_passed_on),
	    cmocka_unit_test(
		requests_go_out_when_due_whatever_became_of_others),
	    cmocka_unit_test(there_are_never_more_connections_than_allowed),
	    cmocka_unit_test(a_latency_counts_from_when_the_request_was_due),
	    cmocka_unit_test(a_target_that_is_not_there_fails_every_request),
	    cmocka_unit_test(a_status_is_passed_on),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
