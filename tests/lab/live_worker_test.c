/* What src/lab/live_worker.h promises. */
#include "live_worker.h"

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
#include <unistd.h>
#include "log.h"

/* A machine and what its client got last. */
struct stage {
	struct event_base *base;
	struct live_worker *machine;
	int status;
	char body[1024], cold[32], installed[32];
};

static char *
write_file(const char *text)
{
	char *path = strdup("/tmp/picket-lab-XXXXXX");
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

/* Two workers, so fast that nobody waits. */
static void
open_stage(struct stage *stage, const char *model, const char *registry)
{
	char *model_path = write_file(model);
	char *registry_path = write_file(registry);
	struct live_worker_options options = {.host = "127.0.0.1",
	    .port_count = 2,
	    .model = model_path,
	    .registry = registry_path,
	    .time_scale = 1000};

	memset(stage, 0, sizeof(*stage));
	stage->base = event_base_new();
	stage->machine = live_worker_new(stage->base, &options);
	assert_non_null(stage->machine);
	unlink(model_path);
	unlink(registry_path);
	free(model_path);
	free(registry_path);
}

static void
close_stage(struct stage *stage)
{
	live_worker_free(stage->machine);
	event_base_free(stage->base);
}

static void
copy_header(struct evhttp_request *request, const char *name, char text[32])
{
	const char *value = evhttp_find_header(
	    evhttp_request_get_input_headers(request), name);

	snprintf(text, 32, "%s", value == NULL ? "" : value);
}

static void
on_answer(struct evhttp_request *request, void *arg)
{
	struct stage *stage = arg;
	ssize_t len;

	event_base_loopbreak(stage->base);
	stage->status = 0;
	if (request == NULL)
		return; /* there is no answer */
	len = evbuffer_copyout(
	    evhttp_request_get_input_buffer(request), stage->body, 1023);
	stage->body[len] = '\0';
	stage->status = evhttp_request_get_response_code(request);
	copy_header(request, "X-Picket-Cold", stage->cold);
	copy_header(request, "X-Picket-Installed", stage->installed);
}

/* Sends a request to a worker, without waiting for its answer. */
static struct evhttp_connection *
begin(struct stage *stage, int worker, enum evhttp_cmd_type method,
    const char *path)
{
	struct evhttp_connection *connection = evhttp_connection_base_new(
	    stage->base, NULL, "127.0.0.1",
	    (uint16_t)live_worker_port(stage->machine, worker));
	struct evhttp_request *request = evhttp_request_new(on_answer, stage);

	evhttp_add_header(
	    evhttp_request_get_output_headers(request), "Host", "worker");
	evhttp_make_request(connection, request, method, path);
	return connection;
}

/* The status of the answer. */
static int
ask(struct stage *stage, int worker, enum evhttp_cmd_type method,
    const char *path)
{
	struct evhttp_connection *connection = begin(
	    stage, worker, method, path);

	event_base_dispatch(stage->base);
	evhttp_connection_free(connection);
	return stage->status;
}

/* Until the first worker has a request. */
static void
await_inflight(struct stage *stage)
{
	do
		assert_int_equal(ask(stage, 0, EVHTTP_REQ_GET, "/stats"), 200);
	while (strstr(stage->body, "\"inflight\":1") == NULL);
}

static const char model[] = "return { call = 0.1, install = 1 }";
static const char registry[] = "[{\"handle\": \"f\", \"pkgs\": [\"a\", \"b\"]},"
			       " {\"handle\": \"g\", \"pkgs\": [\"b\"]}]";

static void
a_worker_says_that_it_is_ready(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, model, registry);
	assert_int_equal(ask(&stage, 1, EVHTTP_REQ_GET, "/status"), 200);
	assert_string_equal(stage.body, "ready\n");
	close_stage(&stage);
}

static void
a_function_is_run_and_says_what_it_installed(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, model, registry);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/f"), 200);
	assert_non_null(strstr(stage.body, "\"function\": \"f\""));
	assert_string_equal(stage.cold, "1");
	assert_string_equal(stage.installed, "2");
	assert_int_equal(
	    ask(&stage, 0, EVHTTP_REQ_GET, "/runLambda/g/x?y=z"), 200);
	assert_string_equal(stage.cold, "0");
	assert_int_equal(ask(&stage, 1, EVHTTP_REQ_GET, "/run/g"), 200);
	assert_string_equal(stage.installed, "1");
	close_stage(&stage);
}

static void
an_unknown_function_is_500_and_an_unknown_path_404(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, model, registry);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/h"), 500);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/"), 500);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_GET, "/walk/f"), 404);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_GET, "/reset"), 404);
	close_stage(&stage);
}

static void
a_name_is_decoded(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, model, "[{\"handle\": \"a b\"}]");
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/a%20b"), 200);
	close_stage(&stage);
}

static void
a_full_queue_is_429(void **state)
{
	struct evhttp_connection *first;
	struct stage stage;

	(void)state;
	open_stage(&stage,
	    "return { call = 1e6, running = 1, queue = 0, cores = 1 }",
	    registry);
	first = begin(&stage, 0, EVHTTP_REQ_POST, "/run/f");
	await_inflight(&stage);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/f"), 429);
	evhttp_connection_free(first);
	close_stage(&stage);
}

static void
a_reset_worker_has_forgotten_its_packages(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, model, registry);
	ask(&stage, 0, EVHTTP_REQ_POST, "/run/g");
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/reset"), 200);
	ask(&stage, 0, EVHTTP_REQ_POST, "/run/g");
	assert_string_equal(stage.installed, "1");
	close_stage(&stage);
}

static void
a_stopped_worker_ends_its_requests_with_502(void **state)
{
	struct evhttp_connection *connection;
	struct stage stage;

	(void)state;
	open_stage(&stage, "return { call = 1e6 }", registry);
	connection = begin(&stage, 0, EVHTTP_REQ_POST, "/run/g");
	await_inflight(&stage);
	live_worker_stop(stage.machine);
	event_base_dispatch(stage.base); /* until it is sent */
	event_base_dispatch(stage.base); /* and received */
	assert_int_equal(stage.status, 502);
	evhttp_connection_free(connection);
	close_stage(&stage);
}

static void
a_crashed_worker_answers_nobody_until_it_is_back(void **state)
{
	struct stage stage;

	(void)state;
	open_stage(&stage, "return { call = 1e6, crash_at = 200, down = 200 }",
	    registry);
	assert_int_equal(ask(&stage, 0, EVHTTP_REQ_POST, "/run/g"), 0);
	while (ask(&stage, 0, EVHTTP_REQ_GET, "/stats") != 200)
		;
	assert_non_null(strstr(stage.body, "\"inflight\":0"));
	close_stage(&stage);
}

static void
bad_files_and_taken_ports_are_refused(void **state)
{
	struct event_base *base = event_base_new();
	struct live_worker_options options = {.host = "127.0.0.1",
	    .port_count = 1,
	    .model = "/no/such/model.lua",
	    .time_scale = 1};
	struct live_worker *first;

	(void)state;
	log_set_level(LOG_ERROR + 1);
	assert_null(live_worker_new(base, &options));
	options.model = "thesis2018";
	first = live_worker_new(base, &options);
	assert_non_null(first);
	options.ports[0] = live_worker_port(first, 0);
	assert_null(live_worker_new(base, &options));
	options.host = "nowhere";
	assert_null(live_worker_new(base, &options));
	live_worker_free(first);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_worker_says_that_it_is_ready),
	    cmocka_unit_test(a_function_is_run_and_says_what_it_installed),
	    cmocka_unit_test(
		an_unknown_function_is_500_and_an_unknown_path_404),
	    cmocka_unit_test(a_name_is_decoded),
	    cmocka_unit_test(a_full_queue_is_429),
	    cmocka_unit_test(a_reset_worker_has_forgotten_its_packages),
	    cmocka_unit_test(a_stopped_worker_ends_its_requests_with_502),
	    cmocka_unit_test(a_crashed_worker_answers_nobody_until_it_is_back),
	    cmocka_unit_test(bad_files_and_taken_ports_are_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("PICKET_DATADIR", "lua", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
