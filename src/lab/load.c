/*
 * An open load over HTTP connections that are kept.  [picket replay]
 *
 * A line is a connection: busy with one request or in the list `idle`.  What is
 * due while no line is free waits in `backlog`.  Nothing is sent from within
 * libevent's callbacks for a request: they wake the timer, which sends.
 */
#include "load.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "list.h"
#include "xmalloc.h"

struct errand { /* one request */
	struct link link;
	uint64_t number;
	double due_ms;
	char *path;
};

struct line {
	struct link link;
	struct load *load;
	struct evhttp_connection *connection;
	struct errand *errand; /* NULL: idle */
};

struct load {
	struct event_base *base;
	struct event *timer;
	struct load_target target;
	struct load_source source;
	uint64_t started_us;
	struct errand *next; /* not due yet; NULL: there are no more */
	uint64_t errands;    /* ever */
	struct list backlog;
	struct list idle;
	struct line *lines;
	int line_count; /* connections ever made */
	int busy;
};

static double
now_ms(const struct load *load)
{
	return (double)(clock_read_us() - load->started_us) / 1000;
}

static void
errand_free(struct errand *errand)
{
	if (errand == NULL)
		return;
	list_remove(&errand->link);
	free(errand->path);
	free(errand);
}

static struct errand *
next_errand(struct load *load)
{
	struct errand *errand = xcalloc(1, sizeof(*errand));

	link_init(&errand->link);
	errand->number = ++load->errands;
	if (load->source.next(
		load->source.owner, &errand->due_ms, &errand->path))
		return errand;
	errand_free(errand);
	return NULL;
}

static void
line_finish(struct line *line, int status, bool is_cold, int installed)
{
	struct load *load = line->load;
	double latency_ms = now_ms(load) - line->errand->due_ms;

	load->source.answered(load->source.owner, line->errand->number, status,
	    latency_ms, is_cold, installed);
	errand_free(line->errand);
	line->errand = NULL;
	load->busy--;
	list_prepend(&load->idle, &line->link);
	event_active(load->timer, EV_TIMEOUT, 0);
}

static int
header_number(struct evhttp_request *request, const char *name)
{
	const char *value = evhttp_find_header(
	    evhttp_request_get_input_headers(request), name);

	return value == NULL ? 0 : atoi(value);
}

static void
load_on_answer(struct evhttp_request *request, void *arg)
{
	struct line *line = arg;

	if (line->errand == NULL)
		return; /* it could not even be started */
	if (request == NULL || evhttp_request_get_response_code(request) == 0)
		line_finish(line, 0, false, 0);
	else
		line_finish(line, evhttp_request_get_response_code(request),
		    header_number(request, "X-Picket-Cold") != 0,
		    header_number(request, "X-Picket-Installed"));
}

static bool
send_errand(struct line *line)
{
	struct evhttp_request *request = evhttp_request_new(
	    load_on_answer, line);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "Host", line->load->target.host);
	evhttp_add_header(headers, "Content-Type", "application/json");
	evbuffer_add(evhttp_request_get_output_buffer(request), "{}", 2);
	return evhttp_make_request(line->connection, request, EVHTTP_REQ_POST,
		   line->errand->path) == 0;
}

/* An idle line, or a new one; NULL when all are busy. */
static struct line *
free_line(struct load *load)
{
	struct line *line = list_first(&load->idle, struct line, link);

	if (line != NULL) {
		list_remove(&line->link);
		return line;
	}
	if (load->line_count == load->target.connections)
		return NULL;
	line = &load->lines[load->line_count++];
	line->load = load;
	link_init(&line->link);
	line->connection = evhttp_connection_base_new(
	    load->base, NULL, load->target.host, load->target.port);
	evhttp_connection_set_timeout(line->connection, load->target.timeout_s);
	return line;
}

static void
send_backlog(struct load *load)
{
	while (!list_is_empty(&load->backlog)) {
		struct line *line = free_line(load);

		if (line == NULL)
			return;
		line->errand = list_first(&load->backlog, struct errand, link);
		list_remove(&line->errand->link);
		load->busy++;
		if (!send_errand(line) && line->errand != NULL)
			line_finish(line, 0, false, 0);
	}
}

static void
arm_timer(struct load *load)
{
	double wait_ms = load->next->due_ms - now_ms(load);
	struct timeval delay = {0, 0};

	if (wait_ms > 0) {
		delay.tv_sec = (time_t)(wait_ms / 1000);
		delay.tv_usec = (suseconds_t)((wait_ms -
						  1000.0 * delay.tv_sec) *
					      1000);
	}
	event_add(load->timer, &delay);
}

static void
load_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct load *load = arg;

	(void)fd;
	(void)what;
	while (load->next != NULL && load->next->due_ms <= now_ms(load)) {
		list_append(&load->backlog, &load->next->link);
		load->source.sent(load->source.owner);
		load->next = next_errand(load);
	}
	send_backlog(load);
	if (load->next != NULL)
		arm_timer(load);
	else if (load->busy == 0 && list_is_empty(&load->backlog))
		event_base_loopexit(load->base, NULL);
}

struct load *
load_start(struct event_base *base, const struct load_target *target,
    const struct load_source *source)
{
	struct load *load = xcalloc(1, sizeof(*load));

	load->base = base;
	load->target = *target;
	load->source = *source;
	load->lines = xcalloc(target->connections, sizeof(struct line));
	list_init(&load->backlog);
	list_init(&load->idle);
	load->timer = evtimer_new(base, load_on_timer, load);
	load->started_us = clock_read_us();
	load->next = next_errand(load);
	event_active(load->timer, EV_TIMEOUT, 0);
	return load;
}

void
load_free(struct load *load)
{
	struct errand *errand;

	list_each (errand, &load->backlog, link)
		errand_free(errand);
	for (int i = 0; i < load->line_count; i++) {
		errand = load->lines[i].errand;
		load->lines[i].errand = NULL;
		errand_free(errand);
		evhttp_connection_free(load->lines[i].connection);
	}
	errand_free(load->next);
	event_free(load->timer);
	free(load->lines);
	free(load);
}
