/*
 * Simulated OpenLambda workers: HTTP around the worker model.  [picket worker]
 *
 * A call is a request that the model has and that awaits its answer, in the
 * list `calls`.  libevent keeps one whose client has left until we answer it.
 */
#include "live_worker.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/http.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "address.h"
#include "clock.h"
#include "lab_lua.h"
#include "list.h"
#include "log.h"
#include "net.h"
#include "xmalloc.h"

#define BODY_MAX (16 * 1024 * 1024) /* we read bodies and forget them */
#define IDLE_SECONDS 3600 /* also bounds the time that a call may take */

struct port {
	struct live_worker *machine;
	struct evhttp *http;
	struct evhttp_bound_socket *socket;
	int index; /* of its worker, from 1 as in Lua */
	int number;
};

struct call {
	struct link link;
	struct evhttp_request *request;
	int index;
};

struct live_worker {
	struct event_base *base;
	const char *host;
	struct event *timer; /* the model's next event */
	lua_State *L;
	int model; /* the object of lua/lib/lab/live_worker.lua */
	double time_scale;
	uint64_t started_us;
	struct list calls;
	int answers_under_way;
	bool stopping;
	int port_count;
	struct port ports[LIVE_WORKER_PORTS];
};

/* The model's time, in its milliseconds. */
static double
model_now(const struct live_worker *machine)
{
	return (double)(clock_read_us() - machine->started_us) / 1000 *
	       machine->time_scale;
}

static void
end_if_all_is_sent(struct live_worker *machine)
{
	if (machine->stopping && machine->answers_under_way == 0)
		event_base_loopexit(machine->base, NULL);
}

static void
live_worker_on_sent(struct evhttp_request *request, void *arg)
{
	struct live_worker *machine = arg;

	(void)request;
	machine->answers_under_way--;
	end_if_all_is_sent(machine);
}

static void
answer(struct live_worker *machine, struct evhttp_request *request, int status,
    const char *type, const char *body, size_t len)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct evbuffer *buffer = evbuffer_new();

	evhttp_add_header(headers, "Content-Type", type);
	evbuffer_add(buffer, body, len);
	if (evhttp_request_get_connection(request) != NULL) {
		machine->answers_under_way++;
		evhttp_request_set_on_complete_cb(
		    request, live_worker_on_sent, machine);
	}
	evhttp_send_reply(request, status, NULL, buffer);
	evbuffer_free(buffer);
}

static void
answer_text(struct live_worker *machine, struct evhttp_request *request,
    int status, const char *text)
{
	answer(machine, request, status, "text/plain; charset=utf-8", text,
	    strlen(text));
}

static void
add_number(struct evhttp_request *request, const char *name, double number)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4g", number);
	evhttp_add_header(
	    evhttp_request_get_output_headers(request), name, text);
}

static void
call_free(struct call *call)
{
	list_remove(&call->link);
	free(call);
}

/* Answers with the results of Lua's take(): token, status, body, cold,
 * installed, missing, utilization. */
static void
call_answer(struct live_worker *machine)
{
	lua_State *L = machine->L;
	struct call *call = lua_touserdata(L, -7);
	int status = (int)lua_tointeger(L, -6);
	size_t len;
	const char *body = lua_tolstring(L, -5, &len);

	add_number(call->request, "X-Picket-Cold", lua_tonumber(L, -4));
	add_number(call->request, "X-Picket-Installed", lua_tonumber(L, -3));
	add_number(call->request, "X-Picket-Missing", lua_tonumber(L, -2));
	add_number(call->request, "X-Picket-Utilization", lua_tonumber(L, -1));
	answer(machine, call->request, status,
	    status == 200 ? "application/json" : "text/plain", body, len);
	call_free(call);
}

/* Sets the timer to the model's next event. */
static void
arm_timer(struct live_worker *machine)
{
	struct timeval delay;
	double wait_ms;

	lab_lua_push_method(machine->L, machine->model, "next_event");
	lab_lua_call(machine->L, 1, 1);
	wait_ms = (lua_tonumber(machine->L, -1) - model_now(machine)) /
		  machine->time_scale;
	lua_pop(machine->L, 1);
	if (isinf(wait_ms)) {
		event_del(machine->timer);
		return;
	}
	wait_ms = fmin(fmax(wait_ms, 0), 1e9);
	delay.tv_sec = (time_t)(wait_ms / 1000);
	delay.tv_usec = (suseconds_t)(fmod(wait_ms, 1000) * 1000);
	event_add(machine->timer, &delay);
}

/* Answers all that the model says is done. */
static void
advance(struct live_worker *machine, double now)
{
	lua_State *L = machine->L;

	for (;;) {
		lab_lua_push_method(L, machine->model, "take");
		lua_pushnumber(L, now);
		lab_lua_call(L, 2, 7);
		if (lua_isnil(L, -7))
			break;
		call_answer(machine);
		lua_pop(L, 7);
	}
	lua_pop(L, 7);
}

/* The segment after the path's first one; the caller frees it. */
static char *
function_name(const char *path)
{
	const char *start = strchr(path + 1, '/') + 1;
	char *segment = xasprintf("%.*s", (int)strcspn(start, "/"), start);
	char *name = evhttp_uridecode(segment, 0, NULL);

	free(segment);
	return name;
}

static struct call *
call_new(struct port *port, struct evhttp_request *request)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->request = request;
	call->index = port->index;
	link_init(&call->link);
	list_append(&port->machine->calls, &call->link);
	return call;
}

static void
run(struct port *port, struct evhttp_request *request, const char *path)
{
	struct live_worker *machine = port->machine;
	struct call *call = call_new(port, request);
	lua_State *L = machine->L;
	double now = model_now(machine);
	char *func = function_name(path);
	int status;

	advance(machine, now); /* the model must not hear of the past later */
	lab_lua_push_method(L, machine->model, "arrive");
	lua_pushnumber(L, now);
	lua_pushinteger(L, port->index);
	lua_pushstring(L, func);
	lua_pushlightuserdata(L, call);
	lab_lua_call(L, 5, 2);
	status = (int)lua_tointeger(L, -2);
	if (status != 0) {
		answer_text(machine, request, status, lua_tostring(L, -1));
		call_free(call);
	}
	lua_pop(L, 2);
	free(func);
	arm_timer(machine);
}

/* Ends the calls of one worker, 0: of all, as when their sandboxes die. */
static void
kill_calls(struct live_worker *machine, int index)
{
	struct call *call;

	list_each (call, &machine->calls, link) {
		if (index != 0 && call->index != index)
			continue;
		answer_text(machine, call->request, 502, "sandbox died\n");
		call_free(call);
	}
}

static void
reset(struct port *port, struct evhttp_request *request)
{
	struct live_worker *machine = port->machine;
	double now = model_now(machine);

	advance(machine, now);
	lab_lua_push_method(machine->L, machine->model, "reset");
	lua_pushnumber(machine->L, now);
	lua_pushinteger(machine->L, port->index);
	lab_lua_call(machine->L, 3, 0);
	kill_calls(machine, port->index);
	arm_timer(machine);
	answer_text(machine, request, 200, "reset\n");
}

static void
stats(struct port *port, struct evhttp_request *request)
{
	lua_State *L = port->machine->L;
	const char *text;
	size_t len;

	lab_lua_push_method(L, port->machine->model, "stats");
	lua_pushinteger(L, port->index);
	lab_lua_call(L, 2, 1);
	text = lua_tolstring(L, -1, &len);
	answer(port->machine, request, 200, "application/json", text, len);
	lua_pop(L, 1);
}

static bool
starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void
live_worker_on_request(struct evhttp_request *request, void *arg)
{
	struct port *port = arg;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = evhttp_uri_get_path(uri);
	bool is_post = evhttp_request_get_command(request) == EVHTTP_REQ_POST;

	if (path == NULL)
		path = "";
	if (port->machine->stopping)
		answer_text(port->machine, request, 502, "sandbox died\n");
	else if (starts_with(path, "/run/") || starts_with(path, "/runLambda/"))
		run(port, request, path);
	else if (strcmp(path, "/status") == 0)
		answer_text(port->machine, request, 200, "ready\n");
	else if (strcmp(path, "/stats") == 0)
		stats(port, request);
	else if (strcmp(path, "/reset") == 0 && is_post)
		reset(port, request);
	else
		answer_text(
		    port->machine, request, 404, "404 page not found\n");
}

static struct evhttp *
new_server(struct port *port)
{
	struct evhttp *http = evhttp_new(port->machine->base);

	evhttp_set_allowed_methods(
	    http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
		      EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
		      EVHTTP_REQ_PATCH);
	evhttp_set_max_body_size(http, BODY_MAX);
	evhttp_set_timeout(http, IDLE_SECONDS);
	evhttp_set_gencb(http, live_worker_on_request, port);
	return http;
}

static bool
port_open(struct port *port, const char *host, int number)
{
	char *text = xasprintf(
	    strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, number);
	struct address address;
	const char *reason = NULL;
	int fd = -1;

	if (address_parse(&address, text, &reason)) {
		fd = net_listen(&address, false);
		reason = strerror(errno);
	}
	if (fd == -1) {
		log_error("cannot listen on %s: %s", text, reason);
		free(text);
		return false;
	}
	free(text);
	net_local_address(fd, &address);
	port->number = ntohs(address.in.sin_port); /* where IPv6 has it too */
	port->http = new_server(port);
	port->socket = evhttp_accept_socket_with_handle(port->http, fd);
	return port->socket != NULL;
}

/* A worker is gone with its connections, but for requests whose clients have
 * left: those libevent keeps until they are answered. */
static void
port_crash(struct port *port)
{
	struct call *call;

	list_each (call, &port->machine->calls, link) {
		if (call->index != port->index)
			continue;
		if (evhttp_request_get_connection(call->request) == NULL)
			answer_text(port->machine, call->request, 502, "");
		call_free(call);
	}
	evhttp_free(port->http);
	port->http = NULL;
}

/* The next worker that crashes, or is back. */
static void
advance_faults(struct live_worker *machine)
{
	lua_State *L = machine->L;

	lab_lua_push_method(L, machine->model, "fault");
	lua_pushnumber(L, model_now(machine));
	lab_lua_call(L, 2, 2);
	if (!lua_isnil(L, -2)) {
		struct port *port = &machine->ports[lua_tointeger(L, -2) - 1];

		if (lua_toboolean(L, -1))
			port_crash(port);
		else
			port_open(port, machine->host, port->number);
	}
	lua_pop(L, 2);
}

static void
live_worker_on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	advance(arg, model_now(arg));
	advance_faults(arg);
	arm_timer(arg);
}

static bool
open_ports(
    struct live_worker *machine, const struct live_worker_options *options)
{
	machine->port_count = options->port_count;
	for (int i = 0; i < options->port_count; i++) {
		struct port *port = &machine->ports[i];

		port->machine = machine;
		port->index = i + 1;
		if (!port_open(port, options->host, options->ports[i]))
			return false;
	}
	return true;
}

/* The model with a worker for each port, named as clients call it. */
static bool
load_model(
    struct live_worker *machine, const struct live_worker_options *options)
{
	lua_State *L = machine->L;

	lab_lua_push_function(L, "lab.live_worker", "new");
	lua_newtable(L);
	for (int i = 0; i < machine->port_count; i++) {
		lua_pushfstring(
		    L, "%s:%d", options->host, machine->ports[i].number);
		lua_rawseti(L, -2, i + 1);
	}
	lua_pushstring(L, options->model);
	lua_pushstring(L, options->registry); /* nil for NULL */
	lua_pushnumber(L, options->seed);
	lab_lua_call(L, 4, 2);
	if (lua_isnil(L, -2)) {
		log_error("%s", lua_tostring(L, -1));
		return false;
	}
	lua_pop(L, 1);
	machine->model = lab_lua_keep(L);
	return true;
}

struct live_worker *
live_worker_new(
    struct event_base *base, const struct live_worker_options *options)
{
	struct live_worker *machine = xcalloc(1, sizeof(*machine));

	machine->base = base;
	machine->host = options->host;
	machine->time_scale = options->time_scale;
	machine->started_us = clock_read_us();
	list_init(&machine->calls);
	machine->timer = evtimer_new(base, live_worker_on_timer, machine);
	machine->L = lab_lua_open();
	if (!open_ports(machine, options) || !load_model(machine, options)) {
		live_worker_free(machine);
		return NULL;
	}
	arm_timer(machine); /* for crashes */
	return machine;
}

void
live_worker_free(struct live_worker *machine)
{
	if (machine == NULL)
		return;
	machine->stopping = false; /* ends no loop from here */
	kill_calls(machine, 0);
	for (int i = 0; i < machine->port_count; i++) {
		if (machine->ports[i].http != NULL)
			evhttp_free(machine->ports[i].http);
	}
	event_free(machine->timer);
	lua_close(machine->L);
	free(machine);
}

int
live_worker_port(const struct live_worker *machine, int index)
{
	return machine->ports[index].number;
}

void
live_worker_stop(struct live_worker *machine)
{
	const struct timeval patience = {1, 0};

	machine->stopping = true;
	event_del(machine->timer);
	kill_calls(machine, 0);
	for (int i = 0; i < machine->port_count; i++)
		if (machine->ports[i].http != NULL)
			evhttp_del_accept_socket(
			    machine->ports[i].http, machine->ports[i].socket);
	event_base_loopexit(machine->base, &patience);
	end_if_all_is_sent(machine);
}
