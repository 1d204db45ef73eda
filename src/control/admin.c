/*
 * The admin address: a table of paths, and what each does.  [control]
 *
 * Every answer but the metrics is JSON; one that says no has an "error".
 */
#include "admin.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "bearer.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "membership.h"
#include "metrics.h"
#include "orders.h"
#include "reload.h"
#include "status.h"
#include "xmalloc.h"

enum { BODY_MAX = 65536, HEAD_MAX = 16384, TIMEOUT_S = 60 };

struct admin {
	struct control *control;
	struct evhttp *http;
	struct orders *orders;
	uint64_t warned_us; /* of a wrong token */
};

/* --- answers --- */

static void
answer(struct evhttp_request *request, int status, const char *type,
    struct evbuffer *body)
{
	evhttp_add_header(
	    evhttp_request_get_output_headers(request), "Content-Type", type);
	evhttp_send_reply(request, status, NULL, body);
	evbuffer_free(body);
}

static void
refuse(struct evhttp_request *request, int status, const char *reason)
{
	struct json json = {.out = evbuffer_new()};

	json_open(&json, NULL, '{');
	json_text(&json, "error", reason);
	json_close(&json, '}');
	evbuffer_add(json.out, "\n", 1);
	answer(request, status, "application/json", json.out);
}

/* {"ok": true, "worker": "w1"}, or without a worker */
static void
accept_order(struct evhttp_request *request, const char *worker)
{
	struct json json = {.out = evbuffer_new()};

	json_open(&json, NULL, '{');
	json_bool(&json, "ok", true);
	if (worker != NULL)
		json_text(&json, "worker", worker);
	json_close(&json, '}');
	evbuffer_add(json.out, "\n", 1);
	answer(request, 200, "application/json", json.out);
}

/* --- seeing --- */

static void
get_status(struct admin *admin, struct evhttp_request *request)
{
	struct evbuffer *body = evbuffer_new();

	status_write(body, admin->control);
	answer(request, 200, "application/json", body);
}

static void
get_metrics(struct admin *admin, struct evhttp_request *request)
{
	struct evbuffer *body = evbuffer_new();

	metrics_write(body, admin->control->gateway);
	answer(request, 200, "text/plain; version=0.0.4", body);
}

/* --- the gateway --- */

/* A reload that is waited for, and the one who waits. */
struct waiting {
	struct admin *admin;
	struct evhttp_request *request;
};

static void
write_outcome(
    struct json *json, const struct control *control, const char *warnings)
{
	char *lines = xstrdup(warnings), *rest = lines, *line;

	json_open(json, NULL, '{');
	json_bool(json, "ok", true);
	json_number(json, "generation", control->gateway->generation);
	json_open(json, "warnings", '[');
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			json_text(json, NULL, line);
	json_close(json, ']');
	json_close(json, '}');
	evbuffer_add(json->out, "\n", 1);
	free(lines);
}

static void
admin_on_reloaded(void *arg, bool ok, const char *text)
{
	struct waiting *waiting = arg;
	struct json json = {.out = NULL};

	if (ok) {
		json.out = evbuffer_new();
		write_outcome(&json, waiting->admin->control, text);
		answer(waiting->request, 200, "application/json", json.out);
	} else {
		refuse(waiting->request, 409, text);
	}
	free(waiting);
}

/* The connection may be gone when the reload has ended; evhttp then keeps the
 * request, and drops the answer. */
static void
post_reload(struct admin *admin, struct evhttp_request *request)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));

	waiting->admin = admin;
	waiting->request = request;
	reload_ask(admin->control->reload, admin_on_reloaded, waiting);
}

static void
post_stop(struct admin *admin, struct evhttp_request *request)
{
	accept_order(request, NULL);
	control_stop(admin->control);
}

static void
post_upgrade(struct admin *admin, struct evhttp_request *request)
{
	if (control_upgrade(admin->control))
		accept_order(request, NULL);
	else
		refuse(request, 409, "there is no supervisor any more");
}

/* --- the workers --- */

static bool
read_order(struct admin *admin, struct evhttp_request *request,
    const char *kind, struct order *order)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	size_t len = evbuffer_get_length(body);
	const char *text = (const char *)evbuffer_pullup(body, -1);
	char error[ORDER_ERROR];

	if (orders_read(admin->orders, kind, text != NULL ? text : "", len,
		order, error))
		return true;
	refuse(request, 400, error);
	return false;
}

/* The worker that the order is about; -1, and answered, when there is none. */
static int
chosen(struct admin *admin, struct evhttp_request *request, const char *kind,
    struct order *order)
{
	char reason[320];
	int slot;

	if (!read_order(admin, request, kind, order))
		return -1;
	slot = worker_find(admin->control->table, order->which);
	if (slot == -1) {
		snprintf(reason, sizeof(reason),
		    "there is no worker \"%s\"; GET /status lists them",
		    order->which);
		refuse(request, 404, reason);
	}
	return slot;
}

/* The worker whose name or url an order would use again; -1 when there is
 * none. */
static int
taken_by(struct worker_table *table, const struct order *order)
{
	int slot = worker_find(table, order->worker.url);

	return slot != -1 ? slot : worker_find(table, order->worker.name);
}

static void
refuse_taken(struct evhttp_request *request,
    const struct worker_identity *identity, const struct order *order)
{
	bool is_same = strcmp(identity->url, order->worker.url) == 0;
	char reason[512];

	snprintf(reason, sizeof(reason),
	    "worker \"%s\" with the url %s is there already%s", identity->name,
	    identity->url, is_same ? "" : "; give this one another name");
	refuse(request, 409, reason);
}

static void
post_add(struct admin *admin, struct evhttp_request *request)
{
	struct worker_table *table = admin->control->table;
	struct order order;
	int slot;

	if (!read_order(admin, request, "add", &order))
		return;
	slot = taken_by(table, &order);
	if (slot != -1) {
		refuse_taken(request, worker_identity(table, slot), &order);
		return;
	}
	if (membership_add(table, &order.worker, false) == -1) {
		refuse(request, 409,
		    "there is no room for more workers, and those that were "
		    "removed count while they have requests; raise "
		    "limits.workers and start again");
		return;
	}
	log_info("worker %s was added", order.worker.name);
	control_sync(admin->control);
	accept_order(request, order.worker.name);
}

static void
say_done(struct admin *admin, struct evhttp_request *request, int slot,
    const char *done)
{
	struct worker_identity *identity = worker_identity(
	    admin->control->table, slot);

	log_info("worker %s %s", identity->name, done);
	control_sync(admin->control);
	accept_order(request, identity->name);
}

static void
post_remove(struct admin *admin, struct evhttp_request *request)
{
	struct order order;
	int slot = chosen(admin, request, "choose", &order);

	if (slot == -1)
		return;
	worker_remove(admin->control->table, slot);
	say_done(admin, request, slot, "was removed");
}

static void
post_drain(struct admin *admin, struct evhttp_request *request)
{
	struct order order;
	int slot = chosen(admin, request, "choose", &order);

	if (slot == -1)
		return;
	worker_at(admin->control->table, slot)->draining = 1;
	say_done(admin, request, slot, "drains");
}

static void
post_undrain(struct admin *admin, struct evhttp_request *request)
{
	struct order order;
	int slot = chosen(admin, request, "choose", &order);

	if (slot == -1)
		return;
	worker_at(admin->control->table, slot)->draining = 0;
	say_done(admin, request, slot, "drains no more");
}

static void
post_weight(struct admin *admin, struct evhttp_request *request)
{
	struct order order;
	int slot = chosen(admin, request, "weight", &order);
	char done[64];

	if (slot == -1)
		return;
	worker_set_weight(admin->control->table, slot, order.weight);
	snprintf(done, sizeof(done), "has weight %g", order.weight);
	say_done(admin, request, slot, done);
}

/* --- which is which --- */

static const struct {
	const char *path;
	enum evhttp_cmd_type method;
	void (*serve)(struct admin *, struct evhttp_request *);
} routes[] = {
    {"/status", EVHTTP_REQ_GET, get_status},
    {"/metrics", EVHTTP_REQ_GET, get_metrics},
    {"/reload", EVHTTP_REQ_POST, post_reload},
    {"/stop", EVHTTP_REQ_POST, post_stop},
    {"/upgrade", EVHTTP_REQ_POST, post_upgrade},
    {"/workers/add", EVHTTP_REQ_POST, post_add},
    {"/workers/remove", EVHTTP_REQ_POST, post_remove},
    {"/workers/drain", EVHTTP_REQ_POST, post_drain},
    {"/workers/undrain", EVHTTP_REQ_POST, post_undrain},
    {"/workers/weight", EVHTTP_REQ_POST, post_weight},
};

static void
refuse_method(struct evhttp_request *request, enum evhttp_cmd_type allowed)
{
	bool is_get = allowed == EVHTTP_REQ_GET;

	evhttp_add_header(evhttp_request_get_output_headers(request), "Allow",
	    is_get ? "GET" : "POST");
	refuse(request, 405, is_get ? "ask with GET" : "ask with POST");
}

static const char *
path_of(struct evhttp_request *request)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

	return path != NULL ? path : "";
}

/* At most once a second, as somebody may try many. */
static void
warn_of_wrong_token(struct admin *admin, struct evhttp_request *request)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(
	    request);
	uint64_t now_us = clock_now_us();
	char *host = NULL;
	uint16_t port = 0;

	if (now_us - admin->warned_us < 1000000)
		return;
	admin->warned_us = now_us;
	if (connection != NULL)
		evhttp_connection_get_peer(connection, &host, &port);
	log_warn("the admin address was asked with a wrong token%s%s",
	    host != NULL && host[0] != '\0' ? " from " : "",
	    host != NULL ? host : "");
}

/* Before anything else, so that who may not ask learns nothing. */
static bool
may_ask(struct admin *admin, struct evhttp_request *request)
{
	const char *token = admin->control->config->admin_token;
	const char *given = evhttp_find_header(
	    evhttp_request_get_input_headers(request), "Authorization");

	if (token[0] == '\0' || bearer_is_right(given, token))
		return true;
	if (given != NULL)
		warn_of_wrong_token(admin, request);
	evhttp_add_header(evhttp_request_get_output_headers(request),
	    "WWW-Authenticate",
	    given != NULL ? "Bearer realm=\"picket\", error=\"invalid_token\""
			  : "Bearer realm=\"picket\"");
	refuse(request, 401,
	    given != NULL ? "this is not the token of this gateway"
			  : "this gateway asks for a token (admin.token)");
	return false;
}

/* Orders about workers wait for the gateway that replaces this one. */
static bool
may_order(struct admin *admin, struct evhttp_request *request, const char *path)
{
	const struct process *self = &admin->control->gateway->processes[0];

	if (strncmp(path, "/workers/", strlen("/workers/")) != 0 ||
	    !__atomic_load_n(&self->upgrading, __ATOMIC_RELAXED))
		return true;
	refuse(
	    request, 409, "an upgrade is under way; ask again when it is over");
	return false;
}

static void
admin_on_request(struct evhttp_request *request, void *arg)
{
	struct admin *admin = arg;
	const char *path = path_of(request);

	if (!may_ask(admin, request))
		return;
	if (evhttp_find_header(
		evhttp_request_get_input_headers(request), "Origin") != NULL) {
		refuse(request, 403, "web pages may not ask here");
		return;
	}
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (strcmp(routes[i].path, path) != 0)
			continue;
		if (evhttp_request_get_command(request) != routes[i].method)
			refuse_method(request, routes[i].method);
		else if (may_order(admin, request, path))
			routes[i].serve(admin, request);
		return;
	}
	refuse(request, 404,
	    "there are /status, /metrics, /reload, /upgrade, /stop and "
	    "/workers/add, "
	    "remove, drain, undrain, weight");
}

/* --- connections --- */

enum { PAUSE_S = 1 };

static void
admin_on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	evconnlistener_enable(arg);
}

/* Nothing can be accepted: whoever waits to be would call here again at once,
 * and endlessly. */
static void
admin_on_accept_failed(struct evconnlistener *listener, void *arg)
{
	struct timeval pause = {.tv_sec = PAUSE_S};

	(void)arg;
	log_warn("the admin address accepts nobody for %d s: %m", PAUSE_S);
	evconnlistener_disable(listener);
	event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT,
	    admin_on_pause_over, listener, &pause);
}

static bool
accept_from(struct evhttp *http, int listener)
{
	struct evhttp_bound_socket *bound = evhttp_accept_socket_with_handle(
	    http, listener);

	if (bound == NULL)
		return false;
	evconnlistener_set_error_cb(
	    evhttp_bound_socket_get_listener(bound), admin_on_accept_failed);
	return true;
}

struct admin *
admin_new(struct control *control, int listener)
{
	struct admin *admin;

	if (listener == -1)
		return NULL;
	admin = xcalloc(1, sizeof(*admin));
	admin->control = control;
	admin->orders = orders_new(
	    control->gateway->listen, control->gateway->address_count);
	admin->http = evhttp_new(control->base);
	if (admin->http == NULL || !accept_from(admin->http, listener))
		fatal("cannot serve the admin address");
	evhttp_set_gencb(admin->http, admin_on_request, admin);
	evhttp_set_max_body_size(admin->http, BODY_MAX);
	evhttp_set_max_headers_size(admin->http, HEAD_MAX);
	evhttp_set_timeout(admin->http, TIMEOUT_S);
	evhttp_set_allowed_methods(admin->http, UINT16_MAX);
	return admin;
}

void
admin_free(struct admin *admin)
{
	if (admin == NULL)
		return;
	evhttp_free(admin->http);
	orders_free(admin->orders);
	free(admin);
}
