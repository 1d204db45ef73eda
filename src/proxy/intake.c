/*
 * What the client does: a request comes in, with its body or before it, and is
 * routed; more of the body comes; the client leaves.  [proxies]
 */
#include "request_internal.h"

#include "clock.h"

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
	requests_see_workers(set);
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
client_on_refused(struct client *client, const struct client_refusal *refusal)
{
	struct requests *set = client_context(client);
	struct access_entry entry = {
	    .client = client_peer(client),
	    .request_id = refusal->request_id,
	    .status = refusal->status,
	    .generation = set->epoch->number,
	    .bytes_out = refusal->body_len,
	    .total_us = clock_now_us() - refusal->since_us,
	    .error = refusal->reason,
	};

	access_log_write(set->log, &entry);
}

static void
client_on_drained(struct client *client)
{
	struct request *req = client_owner(client);

	if (req->upstream == NULL || req->state == REQUEST_CONNECTING)
		return; /* it was the answer before that drained */
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
    .on_refused = client_on_refused,
    .on_drained = client_on_drained,
    .on_gone = client_on_gone,
};
