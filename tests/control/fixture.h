/*
 * What the tests of the control process share: generations made by hand, and a
 * control without a supervisor.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>
#include <event2/event.h>
#include <cmocka.h>

#include "clock.h"
#include "control_state.h"
#include "generation_writer.h"

/* A worker "NAME" at http://HOST:PORT. */
static inline struct listed_worker
fixture_worker(const char *name, const char *host, int port)
{
	struct listed_worker worker = {
	    .port = port, .weight = 1, .capacity = WORKER_CAPACITY_ANY};

	snprintf(worker.name, sizeof(worker.name), "%s", name);
	snprintf(worker.host, sizeof(worker.host), "%s", host);
	snprintf(worker.url, sizeof(worker.url), "http://%s:%d", host, port);
	return worker;
}

/* A generation that lists these workers; takes the writer. */
static inline struct generation *
fixture_generation(struct generation_writer *writer,
    const struct listed_worker *workers, int count)
{
	struct generation *generation;
	const char *reason = "";
	int fd = generation_file();

	generation_write_policy(writer, "p.lua", "return {}", 9, "{}");
	for (int i = 0; i < count; i++)
		generation_write_worker(writer, &workers[i]);
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	generation = generation_open(fd, &reason);
	close(fd);
	assert_non_null(generation);
	return generation;
}

/* One turn after the other until `done` says so. */
static inline void
fixture_run(struct event_base *base, bool (*done)(void))
{
	while (!done()) {
		clock_turn();
		event_base_loop(base, EVLOOP_ONCE);
	}
}

#endif
