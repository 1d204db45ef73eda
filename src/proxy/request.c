/*
 * The life of a request, and what the client and the worker do to it.
 * [proxies]
 *
 * A request is dead once request_bury() was called; its memory is used again
 * after the turn.  The client and the upstream are asked to close or end, never
 * freed from here.
 */
#include "request_internal.h"

#include <assert.h>
#include "clock.h"
#include "conduct.h"
#include "error_answer.h"
#include "log.h"
#include "request_id.h"
#include "xmalloc.h"

static const char *const state_names[REQUEST_STATES] = {
    "reading",
    "queued",
    "connecting",
    "sending",
    "waiting",
    "streaming",
    "tunnel",
    "dead",
};

void
request_enter(struct request *req, enum request_state next)
{
	assert(req->state != REQUEST_DEAD);
	log_debug("request %.*s: %s", (int)req->id.len, req->id.at,
	    state_names[next]);
	req->state = next;
	req->entered_us = clock_now_us();
	list_move(&req->link, &req->requests->by_state[next]);
	if (next == REQUEST_TUNNEL)
		list_remove(&req->in_all); /* may last as long as it likes */
}

void
request_touch(struct request *req)
{
	req->entered_us = clock_now_us();
	list_move(&req->link, &req->requests->by_state[req->state]);
}

/* --- birth --- */

static struct request *
request_take(struct requests *set)
{
	struct request *req = list_first(&set->spare, struct request, link);

	if (req == NULL)
		return xmalloc(sizeof(*req));
	list_remove(&req->link);
	set->spare_count--;
	return req;
}

/* X-Request-Id: the client's, or one of our own. */
static void
request_name(struct request *req, const struct head *head)
{
	const struct field *field = head_find_id(head, FIELD_X_REQUEST_ID);

	if (field != NULL) {
		req->id = head_value(head, field);
		return;
	}
	request_id_make(&req->requests->loop->last_id, req->made_id);
	req->id = (struct text){req->made_id, REQUEST_ID};
}

static struct request *
request_new(
    struct requests *set, struct client *client, const struct head *head)
{
	struct request *req = request_take(set);

	memset(req, 0, offsetof(struct request, inline_held));
	link_init(&req->link);
	req->requests = set;
	req->client = client;
	req->epoch = epoch_hold(set->epoch);
	req->slot = -1;
	req->held = req->inline_held;
	req->held_all = true;
	req->start_us = clock_now_us();
	req->up.framing = head->framing;
	req->up_length = head->content_length;
	waiter_init(&req->waiter, 0);
	request_name(req, head);
	list_append(&set->all, &req->in_all);
	set->counters->requests_active++;
	budget_earn(&set->budget);
	client_set_owner(client, req);
	return req;
}

/* --- the end --- */

/* A worker that is full or in trouble says so with these; a function's own
 * 500 is no failure of the worker. */
static bool
status_is_failure(int status)
{
	return status >= 502 && status <= 504;
}

static void
count_status(struct counters *counters, int status)
{
	counters->responses_2xx += status >= 200 && status < 300;
	counters->responses_3xx += status >= 300 && status < 400;
	counters->responses_4xx += status >= 400 && status < 500;
	counters->responses_5xx += status >= 500;
}

static void
request_log(struct request *req, const char *worker)
{
	const struct head *head = client_head(req->client);
	struct access_entry entry = {
	    .method = head_method(head),
	    .path = head_path(head),
	    .func = req->func,
	    .worker = {worker, strlen(worker)},
	    .client = {client_peer(req->client),
		strlen(client_peer(req->client))},
	    .request_id = req->id,
	    .status = req->status,
	    .attempts = req->attempts,
	    .generation = req->epoch->number,
	    .bytes_in = req->bytes_in,
	    .bytes_out = req->bytes_out,
	    .queue_us = req->queued_us,
	    .pick_us = req->pick_ns / 1000,
	    .total_us = clock_now_us() - req->start_us,
	    .error = req->error,
	};

	if (req->head_us != 0)
		entry.first_byte_us = req->head_us - req->start_us;
	access_log_write(req->requests->log, &entry);
}

/* Takes the request out of everything; the client is dealt with by the caller,
 * before or after. */
static void
request_bury(struct request *req)
{
	struct requests *set = req->requests;
	int slot = req->tried_count > 0 ? req->tried[req->tried_count - 1] : -1;

	request_leave_queue(req);
	attempt_end(req, req->error);
	set->counters->requests_active--;
	count_status(set->counters, req->status);
	histogram_add(
	    &set->counters->request_time, clock_now_us() - req->start_us);
	if (access_log_is_on(set->log))
		request_log(
		    req, slot == -1 || req->attempts == 0
			     ? ""
			     : worker_identity(set->workers, slot)->name);
	request_drop_held(req);
	list_remove(&req->in_all);
	req->state = REQUEST_DEAD;
	list_move(&req->link, &set->by_state[REQUEST_DEAD]);
}

/* The packages and the function are warm on this worker from now on. */
static void
remember_use(struct request *req)
{
	struct requests *set = req->requests;
	const struct generation *generation = set->epoch->generation;
	int function = request_function(req);

	worker_warm(set->workers, req->slot,
	    worker_hash_function(req->func.at, req->func.len));
	if (function == -1)
		return;
	for (int i = generation_package_count(generation, function) - 1; i >= 0;
	     i--)
		worker_warm(set->workers, req->slot,
		    generation_package_hash(generation, function, i));
}

void
request_complete(struct request *req)
{
	struct client *client = req->client;
	bool keep = req->keep;

	if (req->status < 500 && req->status != 429)
		remember_use(req);
	if (!status_is_failure(req->status) && req->status != 429) {
		worker_did_well(req->requests->workers, req->slot);
		conduct_did_well(
		    req->requests->workers, req->slot, req->waiter.func_hash);
	}
	attempt_end(req, NULL);
	request_bury(req);
	client_end(client, keep);
}

void
request_fail(struct request *req, int status, const char *reason)
{
	struct client *client = req->client;
	struct error_answer answer = {
	    .status = status,
	    .reason = reason,
	    .request_id = req->id,
	    .minor = client_head(client)->minor,
	    .keep = client_may_keep(client),
	    .head_only = client_head(client)->method == METHOD_HEAD,
	};
	struct iovec iov = {.iov_base = req->requests->loop->output};

	req->error = reason;
	if (req->responding) {
		request_bury(req);
		client_cut(client);
		return;
	}
	req->status = status;
	iov.iov_len = error_answer_write(
	    &answer, iov.iov_base, &req->bytes_out);
	request_bury(req);
	if (client_send(client, &iov, 1) != STREAM_BROKEN)
		client_end(client, answer.keep);
}

void
request_abandon(struct request *req)
{
	req->error = "the client left";
	req->status = req->responding ? req->status : 499;
	request_bury(req);
}

/* --- what the client does --- */

/* A chunked body that may be small: collected, so that the worker can be told
 * its length. */
static void
request_collect(struct request *req, const char *data, size_t len, bool done)
{
	request_hold(req, data, len);
	if (done) {
		req->up.framing = req->held_len > 0 ? FRAMING_LENGTH
						    : FRAMING_NONE;
		req->up_length = req->held_len;
	}
	if (done || req->held_len > COLLECT_MAX)
		request_schedule(req);
}

static void
begin_collecting(struct request *req, const struct head *head)
{
	static char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct iovec iov = {go_on, sizeof(go_on) - 1};

	request_enter(req, REQUEST_READING);
	if (!head->expects_continue || head->minor == 0)
		return;
	req->drop_expect = true;
	if (client_send(req->client, &iov, 1) == STREAM_BROKEN)
		request_abandon(req);
}

/* Finds out what is asked for; false: refused. */
static bool
request_route(struct request *req, const struct head *head)
{
	const struct epoch *epoch = req->epoch;
	struct text path = head_path(head);

	if (head->method == METHOD_CONNECT) {
		request_fail(req, 405, "CONNECT is not served here");
		return false;
	}
	req->route = route_find(epoch->config, path);
	if (req->route == NULL) {
		request_fail(req, 404, "no route for this path");
		return false;
	}
	req->func = route_function(req->route, path);
	if (req->func.len == 0) {
		request_fail(req, 404, "the path names no function");
		return false;
	}
	if (epoch->config->has_registry && !epoch->config->forward_unknown &&
	    request_function(req) == -1) {
		request_fail(req, 404, "no such function in the registry");
		return false;
	}
	return true;
}

static bool
body_is_too_large(const struct request *req)
{
	int64_t max = req->requests->config->limits.body_bytes;

	return max > 0 && (req->up_length > (uint64_t)max ||
			      req->bytes_in > (uint64_t)max);
}

static void
client_on_request(struct client *client, const struct head *head, char *data,
    size_t len, bool done)
{
	struct requests *set = client_context(client);
	struct request *req;

	/* what control has said by now holds for this request */
	if (worker_membership(set->workers) != set->membership)
		requests_notice_workers(set);
	if (set->freed_count > 0)
		attempts_dispatch(set); /* who waits goes first */
	req = request_new(set, client, head);
	req->bytes_in = len;
	req->input_done = done;
	if (!request_route(req, head))
		return;
	if (body_is_too_large(req)) {
		request_fail(req, 413, "the body is too large");
		return;
	}
	req->waiter.func_hash = worker_hash_function(
	    req->func.at, req->func.len);
	if (head->framing == FRAMING_CHUNKED) {
		begin_collecting(req, head);
		if (req->state == REQUEST_READING && (len > 0 || done))
			request_collect(req, data, len, done);
		return;
	}
	request_hold(req, data, len);
	request_schedule(req);
}

static void
client_on_body(struct client *client, char *data, size_t len, bool done)
{
	struct request *req = client_owner(client);

	req->bytes_in += len;
	req->input_done = done;
	if (req->state != REQUEST_TUNNEL && body_is_too_large(req)) {
		request_fail(req, 413, "the body is too large");
		return;
	}
	switch (req->state) {
	case REQUEST_READING:
		request_enter(req, REQUEST_READING);
		request_collect(req, data, len, done);
		break;
	case REQUEST_QUEUED:
	case REQUEST_CONNECTING:
		request_hold(req, data, len);
		break;
	default:
		relay_upload(req, data, len, done);
		break;
	}
}

static void
client_on_bad_body(struct client *client, int status, const char *reason)
{
	request_fail(client_owner(client), status, reason);
}

static void
client_on_drained(struct client *client)
{
	struct request *req = client_owner(client);

	if (req->upstream == NULL)
		return;
	upstream_resume(req->upstream);
	if (req->responding)
		request_touch(req); /* from now on the worker is waited for */
}

static void
client_on_gone(struct client *client)
{
	request_abandon(client_owner(client));
}

const struct client_calls request_client_calls = {
    .on_request = client_on_request,
    .on_body = client_on_body,
    .on_bad_body = client_on_bad_body,
    .on_drained = client_on_drained,
    .on_gone = client_on_gone,
};

/* --- what the worker does --- */

static void
upstream_on_connected(void *owner)
{
	relay_request(owner);
}

/* What the client sends from now on must be no body any more. */
static bool
may_switch(const struct request *req)
{
	return client_head(req->client)->upgrade && req->input_done;
}

static void
upstream_on_head(
    void *owner, const struct head *head, char *data, size_t len, bool done)
{
	struct request *req = owner;
	struct requests *set = req->requests;

	if (head->status < 200 && head->status != 101) {
		relay_interim(req, head);
		return;
	}
	if (head->status == 101 && !may_switch(req)) {
		attempt_failed(
		    req, false, 502, "the worker switched protocols unasked");
		return;
	}
	req->head_us = clock_now_us();
	if (status_is_failure(head->status))
		conduct_failed(set->workers, req->slot, req->waiter.func_hash);
	/* A 429 serves nobody, and is said so fast that it would look good. */
	if (head->status != 429)
		worker_count(set->workers, req->slot, set->proxy,
		    status_is_failure(head->status),
		    req->head_us - req->sent_us);
	if (head->status == 429)
		closed_add(set->closed, req->waiter.func_hash, req->slot,
		    clock_now_us() + set->config->retry.pause_429_us);
	if (head->status == 429 && attempt_elsewhere(req, "429"))
		return;
	relay_answer(req, head, data, len, done);
	if (req->state == REQUEST_TUNNEL)
		client_tunnel(req->client);
}

static void
upstream_on_body(void *owner, char *data, size_t len, bool done)
{
	relay_download(owner, data, len, done);
}

static void
upstream_on_drained(void *owner)
{
	struct request *req = owner;

	if (req->input_done)
		return;
	client_resume(req->client);
	request_touch(req); /* from now on the client is waited for */
}

static void
upstream_on_failed(void *owner, enum upstream_failure failure)
{
	struct request *req = owner;
	struct counters *counters = req->requests->counters;
	bool is_idempotent = method_is_idempotent(
	    client_head(req->client)->method);
	bool is_undelivered = failure == UPSTREAM_UNDELIVERED;
	bool was_kept = upstream_is_used(req->upstream);

	if (failure == UPSTREAM_REFUSED) {
		counters->upstream_connect_failures++;
		attempt_failed(req, true, 502, "cannot connect to a worker");
		return;
	}
	if (was_kept && req->held_all && !req->responding &&
	    (is_undelivered || (is_idempotent && failure == UPSTREAM_CLOSED))) {
		attempt_reconnect(req);
		return;
	}
	counters->upstream_broken++;
	attempt_failed(req, is_undelivered || is_idempotent, 502,
	    failure == UPSTREAM_CLOSED || is_undelivered
		? "the worker closed the connection"
		: "the worker's answer is malformed");
}

static void
upstream_on_idle_end(struct upstream *up)
{
	struct requests *set = upstream_context(up);

	pool_drop(set->pool, up);
}

const struct upstream_calls request_upstream_calls = {
    .on_connected = upstream_on_connected,
    .on_head = upstream_on_head,
    .on_body = upstream_on_body,
    .on_drained = upstream_on_drained,
    .on_failed = upstream_on_failed,
    .on_idle_end = upstream_on_idle_end,
};
