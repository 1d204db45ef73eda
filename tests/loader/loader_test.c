#include "loader.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "config.h"
#include "generation.h"
#include "log.h"
#include "worker.h"
#include "xmalloc.h"

static char directory[] = "/tmp/picket-loader-test-XXXXXX";

/* Writes a file of that name, and returns its path. */
static char *
put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static struct generation *
open_generation(int fd, const char *error)
{
	const char *reason;
	struct generation *generation;

	if (fd == -1)
		fail_msg("%s", error);
	generation = generation_open(fd, &reason);
	close(fd);
	assert_non_null(generation);
	return generation;
}

/* Closes both. */
static void
assert_equal_files(int one, int other)
{
	static char bytes[2][1 << 20];
	ssize_t len = pread(one, bytes[0], sizeof(bytes[0]), 0);

	assert_in_range(len, 1, sizeof(bytes[0]) - 1);
	assert_int_equal(pread(other, bytes[1], sizeof(bytes[1]), 0), len);
	assert_memory_equal(bytes[0], bytes[1], (size_t)len);
	close(one);
	close(other);
}

static struct generation *
load(const char *text)
{
	char *path = put("scheduler.lua", text);
	char error[LOADER_ERROR] = "";
	int fd = loader_load(path, error);

	free(path);
	return open_generation(fd, error);
}

/* --- what a configuration becomes --- */

static void
an_empty_configuration_has_all_defaults(void **state)
{
	struct generation *generation = load("return {}");
	const struct config *config = generation_config(generation);

	(void)state;
	assert_string_equal(config->policy_name, "least_loaded");
	assert_int_equal(config->processes, 1);
	assert_int_equal(config->listen_count, 1);
	assert_true(config->admin.len > 0);
	assert_string_equal(config->user, "");
	assert_int_equal(config->route_count, 2);
	assert_string_equal(config->routes[0].prefix, "/runLambda/");
	assert_string_equal(config->routes[0].forward, "/run/");
	assert_string_equal(config->routes[1].prefix, "/run/");
	assert_string_equal(config->routes[1].forward, "/run/");
	assert_false(config->has_registry);
	assert_false(config->forward_unknown);
	assert_true(config->timeouts_us.head == 10000000);
	assert_int_equal(config->health.kind, HEALTH_TCP);
	assert_int_equal(config->log.level, LOG_INFO);
	assert_int_equal(config->log.access, ACCESS_OFF);
	assert_string_equal(config->log.file, "");
	assert_string_equal(config->dns.servers, "");
	assert_int_equal(generation_worker_count(generation), 0);
	assert_int_equal(generation_function_count(generation), 0);
	generation_close(generation);
}

static const char full[] =
    "return {"
    " listen = { '127.0.0.1:1', '[::1]:2', 'unix:/tmp/s' },"
    " processes = 'auto', admin = false,"
    " policy = { 'package_aware', load_threshold = 7 },"
    " registry = 'registry.json', unknown_function = 'forward',"
    " workers = { 'http://a:1',"
    "  { url = 'unix:/tmp/w', name = 'w', weight = 2.5, capacity = 8 } },"
    " routes = { { prefix = '/a/' },"
    "  { prefix = '/long/', forward = '/b/' } },"
    " warm_for = 1.5, user = 'nobody',"
    " timeouts = { head = 0.5, body = 2, idle = 3, connect = 4,"
    "  first_byte = 5, between_bytes = 6, total = 7, queue = 8,"
    "  tunnel = 9, drain = 10, upstream_idle = 11 },"
    " limits = { connections = 1, head_bytes = 2048, headers = 3,"
    "  uri_bytes = 100, body_bytes = 5e12, response_head_bytes = 4096,"
    "  workers = 9, idle_per_worker = 6 },"
    " queue = { size = 4, per_function = 3, hold = true },"
    " retry = { attempts = 2, budget = 0.5, pause_429 = 0.5 },"
    " policy_limits = { time_ms = 12.5, memory_bytes = 2^23, "
    "failure_specs = '/tmp' },"
    " health = { kind = 'http', interval = 0.25, timeout = 0.125, rise = 4,"
    "  fall = 5, slow_start = 7.5, path = '/up', status = 204 },"
    " ejection = { failures = 6, time = 1.5, max_time = 2, share = 0.25 },"
    " log = { level = 'warn', file = 'm.log', access = 'json',"
    "  access_file = 'a.log' },"
    " dns = { interval = 2, servers = { '127.0.0.1:5353', '::1' } } }";

static void
check_numbers(const struct config *config)
{
	assert_true(config->timeouts_us.head == 500000);
	assert_true(config->timeouts_us.body == 2000000);
	assert_true(config->timeouts_us.idle == 3000000);
	assert_true(config->timeouts_us.connect == 4000000);
	assert_true(config->timeouts_us.first_byte == 5000000);
	assert_true(config->timeouts_us.between_bytes == 6000000);
	assert_true(config->timeouts_us.total == 7000000);
	assert_true(config->timeouts_us.queue == 8000000);
	assert_true(config->timeouts_us.tunnel == 9000000);
	assert_true(config->timeouts_us.drain == 10000000);
	assert_true(config->timeouts_us.upstream_idle == 11000000);
	assert_int_equal(config->limits.connections, 1);
	assert_int_equal(config->limits.head_bytes, 2048);
	assert_int_equal(config->limits.headers, 3);
	assert_int_equal(config->limits.uri_bytes, 100);
	assert_int_equal(config->limits.response_head_bytes, 4096);
	assert_true(config->limits.body_bytes == 5000000000000);
	assert_int_equal(config->limits.workers, 9);
	assert_int_equal(config->limits.idle_per_worker, 6);
	assert_int_equal(config->queue.size, 4);
	assert_int_equal(config->queue.per_function, 3);
	assert_int_equal(config->retry.attempts, 2);
	assert_true(config->retry.budget == 0.5);
	assert_true(config->policy_limits.time_ms == 12.5);
	assert_int_equal(config->policy_limits.memory_bytes, 1 << 23);
	assert_string_equal(config->policy_limits.failure_specs, "/tmp");
	assert_true(config->warm_for == 1.5);
}

static void
check_places(const struct config *config)
{
	static const char *const listen[] = {
	    "127.0.0.1:1", "[::1]:2", "unix:/tmp/s"};
	char text[ADDRESS_TEXT];

	assert_int_equal(config->listen_count, 3);
	for (int i = 0; i < 3; i++) {
		address_text(&config->listen[i], text);
		assert_string_equal(text, listen[i]);
	}
	assert_int_equal(config->admin.len, 0);
	assert_int_equal(config->route_count, 2);
	assert_string_equal(config->routes[0].prefix, "/long/");
	assert_string_equal(config->routes[0].forward, "/b/");
	assert_int_equal(config->routes[0].prefix_len, 6);
	assert_int_equal(config->routes[0].forward_len, 3);
	assert_string_equal(config->routes[1].forward, "/a/");
}

static void
check_health_and_log(const struct config *config)
{
	assert_int_equal(config->health.kind, HEALTH_HTTP);
	assert_true(config->health.interval_us == 250000);
	assert_true(config->health.timeout_us == 125000);
	assert_int_equal(config->health.rise, 4);
	assert_int_equal(config->health.fall, 5);
	assert_string_equal(config->health.path, "/up");
	assert_int_equal(config->health.status, 204);
	assert_true(config->queue.hold);
	assert_true(config->health.slow_start_us == 7500000);
	assert_true(config->retry.pause_429_us == 500000);
	assert_int_equal(config->ejection.failures, 6);
	assert_true(config->ejection.time_us == 1500000);
	assert_true(config->ejection.max_time_us == 2000000);
	assert_true(config->ejection.share == 0.25);
	assert_int_equal(config->log.level, LOG_WARN);
	assert_int_equal(config->log.access, ACCESS_JSON);
	assert_non_null(strstr(config->log.file, "/m.log"));
	assert_non_null(strstr(config->log.access_file, "/a.log"));
	assert_true(config->dns.interval_us == 2000000);
	assert_string_equal(config->dns.servers, "127.0.0.1:5353 [::1]:53");
	assert_string_equal(config->user, "nobody");
}

static void
every_option_arrives(void **state)
{
	const struct listed_worker *worker;
	struct generation *generation;
	const struct config *config;
	size_t len;

	(void)state;
	free(put("registry.json", "[{\"handle\": \"f\", \"pkgs\": [\"p\"]}]"));
	generation = load(full);
	config = generation_config(generation);
	assert_string_equal(config->policy_name, "package_aware");
	assert_string_equal(generation_policy_options(generation, &len),
	    "{[\"load_threshold\"]=7}");
	assert_true(config->processes >= 1);
	assert_true(config->has_registry && config->forward_unknown);
	check_numbers(config);
	check_places(config);
	check_health_and_log(config);
	assert_int_equal(generation_worker_count(generation), 2);
	worker = generation_worker(generation, 0);
	assert_string_equal(worker->name, "a:1");
	assert_string_equal(worker->host, "a");
	assert_int_equal(worker->port, 1);
	assert_int_equal(worker->capacity, WORKER_CAPACITY_ANY);
	worker = generation_worker(generation, 1);
	assert_string_equal(worker->name, "w");
	assert_string_equal(worker->host, "/tmp/w");
	assert_int_equal(worker->port, 0);
	assert_int_equal(worker->capacity, 8);
	assert_true(worker->weight == 2.5);
	assert_int_equal(generation_find_function(generation, "f", 1), 0);
	assert_string_equal(generation_package(generation, 0, 0), "p");
	generation_close(generation);
}

static void
both_forms_of_registry_give_the_same(void **state)
{
	static const char *const rows[] = {
	    "[{\"handle\": \"f\", \"pkgs\": [\"big\", \"small\"]},"
	    " {\"handle\": \"g\", \"pkgs\": [\"small\"]}, {\"handle\": \"h\"}]",
	    "{\"packages\": {\"small\": 1, \"big\": 2}, \"functions\":"
	    " {\"f\": [\"small\", \"big\"], \"g\": [\"small\"], \"h\": []}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct generation *generation;
		int f, g;

		free(put("registry.json", rows[i]));
		generation = load("return { registry = 'registry.json' }");
		f = generation_find_function(generation, "f", 1);
		g = generation_find_function(generation, "g", 1);
		assert_int_equal(generation_function_count(generation), 3);
		assert_int_equal(generation_package_count(generation, f), 2);
		assert_string_equal(
		    generation_package(generation, f, 0), "big");
		assert_string_equal(
		    generation_package(generation, f, 1), "small");
		assert_string_equal(
		    generation_package(generation, g, 0), "small");
		assert_ptr_equal(generation_package(generation, f, 1),
		    generation_package(generation, g, 0));
		generation_close(generation);
	}
}

/* The policy's name leads to the file that is installed with it. */
static void
the_policy_and_its_library_are_inside(void **state)
{
	struct generation *generation = load("return {}");
	const char *path;
	size_t len;

	(void)state;
	assert_non_null(strstr(
	    generation_policy_path(generation), "policies/least_loaded.lua"));
	assert_non_null(strstr(
	    generation_policy_source(generation, &len), "return least_loaded"));
	assert_non_null(
	    generation_module(generation, "gateway.runtime", &len, &path));
	assert_non_null(
	    generation_module(generation, "picket.hash", &len, &path));
	assert_null(
	    generation_module(generation, "gateway.config", &len, &path));
	generation_close(generation);
}

static void
the_same_files_give_the_same_generation(void **state)
{
	char *path = put("scheduler.lua", "return {}");
	char error[LOADER_ERROR];

	(void)state;
	assert_equal_files(loader_load(path, error), loader_load(path, error));
	free(path);
}

/* --- what is refused --- */

static void
what_is_wrong_is_said_with_its_place(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
	    {"return {", "scheduler.lua:1: "},
	    {"\nreturn { lisen = '127.0.0.1:1' }", "scheduler.lua:2: unknown "},
	    {"return { registry = 'absent.json' }", "absent.json"},
	    {"return { registry = 'broken.json' }", "broken.json:1:"},
	    {"return { policy = 'least_loded' }", "least_loded"},
	    {"return { policy = './broken.lua' }",
		"/broken.lua:2: unexpected symbol"},
	    {"return { policy = './wrong.lua' }",
		"/wrong.lua:1: pick returned 7, not one of the workers"},
	    {"return { policy = {\n 'hash', kye = 1 } }",
		"scheduler.lua:2: options of hash: \"kye\" is unknown"},
	    {"error('no')", "scheduler.lua:1: no"},
	};
	char *broken = put("broken.lua", "return {\n= }");
	char *wrong = put("wrong.lua", "return { pick = function() return 7 "
				       "end }");

	(void)state;
	free(put("broken.json", "[{]"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char error[LOADER_ERROR] = "", in_child[LOADER_ERROR] = "";
		char *path = put("scheduler.lua", rows[i].text);

		assert_int_equal(loader_load(path, error), -1);
		if (strstr(error, rows[i].error) == NULL)
			fail_msg("%s: %s", rows[i].text, error);
		assert_int_equal(loader_run(path, in_child), -1);
		assert_string_equal(in_child, error);
		free(path);
	}
	free(broken);
	free(wrong);
}

static void
a_file_that_is_not_there_is_named(void **state)
{
	char error[LOADER_ERROR];

	(void)state;
	assert_int_equal(loader_run("/nowhere/scheduler.lua", error), -1);
	assert_non_null(strstr(error, "/nowhere/scheduler.lua: "));
}

/* --- the child --- */

static void
a_child_loads_the_same_generation(void **state)
{
	char *path = put("scheduler.lua", "return {}");
	char error[LOADER_ERROR];

	(void)state;
	assert_equal_files(loader_load(path, error), loader_run(path, error));
	free(path);
}

static void
a_child_that_fails_in_any_way_is_an_error(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
	    {"require('ffi').cast('int *', 0)[0] = 1",
		"scheduler.lua: the process that loads it crashed: "},
	    {"\nos.exit(0)", "scheduler.lua:2: a configuration cannot end the "
			     "program"},
	    {"require('ffi').cdef('void _exit(int);') "
	     "require('ffi').C._exit(0)",
		"scheduler.lua: it ended the process that loads it, with "
		"status 0"},
	    {"return { policy = './endless.lua' }",
		"endless.lua:1: pick did not return within 50 ms"},
	};

	(void)state;
	free(put("endless.lua", "return { pick = function() while true do end "
				"end }"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *path = put("scheduler.lua", rows[i].text);
		char error[LOADER_ERROR] = "";

		assert_int_equal(loader_run(path, error), -1);
		if (strstr(error, rows[i].error) == NULL)
			fail_msg("%s: %s", rows[i].text, error);
		free(path);
	}
}

static void
a_file_that_does_not_end_is_an_error(void **state)
{
	char *path = put("scheduler.lua", "while true do end");
	char error[LOADER_ERROR] = "";

	(void)state;
	loader_step_ms = 200;
	assert_int_equal(loader_run(path, error), -1);
	assert_non_null(strstr(
	    error, "scheduler.lua: it did not come to an end within 0.2 s"));
	loader_step_ms = 10000;
	free(path);
}

static void
a_loader_tells_when_it_is_done(void **state)
{
	char *path = put("scheduler.lua", "return {}");
	char error[LOADER_ERROR] = "";
	struct loader *loader = loader_start(path);
	struct pollfd wait = {.fd = loader_fd(loader), .events = POLLIN};

	(void)state;
	assert_int_equal(poll(&wait, 1, -1), 1);
	generation_close(open_generation(loader_finish(loader, error), error));
	free(path);
}

static void
an_abandoned_loader_is_gone(void **state)
{
	char *path = put("scheduler.lua", "while true do end");
	struct loader *loader = loader_start(path);

	(void)state;
	assert_non_null(loader);
	loader_abandon(loader);
	loader_abandon(NULL);
	free(path);
}

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int
remove_directory(void **state)
{
	char *command = xasprintf("rm -r %s", directory);
	int status = system(command);

	(void)state;
	free(command);
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_configuration_has_all_defaults),
	    cmocka_unit_test(every_option_arrives),
	    cmocka_unit_test(both_forms_of_registry_give_the_same),
	    cmocka_unit_test(the_policy_and_its_library_are_inside),
	    cmocka_unit_test(the_same_files_give_the_same_generation),
	    cmocka_unit_test(what_is_wrong_is_said_with_its_place),
	    cmocka_unit_test(a_file_that_is_not_there_is_named),
	    cmocka_unit_test(a_child_loads_the_same_generation),
	    cmocka_unit_test(a_child_that_fails_in_any_way_is_an_error),
	    cmocka_unit_test(a_file_that_does_not_end_is_an_error),
	    cmocka_unit_test(a_loader_tells_when_it_is_done),
	    cmocka_unit_test(an_abandoned_loader_is_gone),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
