/*
 * What the worker does: it takes the request, answers, or fails.  [proxies]
 */
#include "request_internal.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "conduct.h"
#include "log.h"

enum { LOG_INTERVAL_US = 1000000 };

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

/* How busy the worker says it is; no number from 0 to 1 says nothing. */
static void
note_utilization(const struct request *req, const struct head *head)
{
	const struct field *field = head_find_id(
	    head, FIELD_X_PICKET_UTILIZATION);
	struct text value;
	char digits[24], *end;
	double utilization;

	if (field == NULL)
		return;
	value = head_value(head, field);
	if (value.len == 0 || value.len >= sizeof(digits))
		return;
	memcpy(digits, value.at, value.len);
	digits[value.len] = '\0';
	utilization = strtod(digits, &end);
	if (*end == '\0' && utilization >= 0 && utilization <= 1)
		worker_set_utilization(
		    req->requests->workers, req->slot, utilization);
}

static void
upstream_on_head(
    void *owner, const struct head *head, char *data, size_t len, bool done)
{
	struct request *req = owner;
	struct requests *set = req->requests;

	if (head->status < 200 && head->status != 101) {
		if (req->helped == NULL)
			relay_interim(req, head);
		return;
	}
	if (head->status == 101 && !may_switch(req)) {
		attempt_failed(
		    req, false, 502, "the worker switched protocols unasked");
		return;
	}
	req->head_us = clock_now_us();
	note_utilization(req, head);
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
	if (status_is_failure(head->status) &&
	    hedge_goes_on(req, status_reason(head->status)))
		return;
	if (req->helped == NULL && !status_is_failure(head->status))
		hedge_note(req, req->head_us - req->sent_us);
	req = hedge_settle(req);
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

/* A worker may answer everything like this: once a second is enough. */
static void
log_malformed(const struct request *req)
{
	static uint64_t logged_us;
	uint64_t now_us = clock_now_us();

	if (logged_us != 0 && now_us - logged_us < LOG_INTERVAL_US)
		return;
	logged_us = now_us;
	log_warn("worker %s: its answer is malformed: %s",
	    worker_identity(req->requests->workers, req->slot)->name,
	    upstream_reason(req->upstream));
}

/* A worker may close kept connections for their age, many at once, just when
 * requests come.  It has answered on each of them; whether it still does, a new
 * one tells. */
static bool
is_blameless(const struct request *req, enum upstream_failure failure)
{
	return upstream_is_used(req->upstream) &&
	       (failure == UPSTREAM_UNDELIVERED || failure == UPSTREAM_RESET);
}

static void
upstream_on_failed(void *owner, enum upstream_failure failure)
{
	struct request *req = owner;
	struct counters *counters = req->requests->counters;
	bool is_undelivered = failure == UPSTREAM_UNDELIVERED;
	bool is_malformed = failure == UPSTREAM_BAD_HEAD ||
			    failure == UPSTREAM_BAD_BODY;
	bool was_kept = upstream_is_used(req->upstream);
	enum method method = client_head(req->client)->method;
	bool may_repeat = is_undelivered || method_is_idempotent(method);
	const char *reason = is_malformed ? "the worker's answer is malformed"
					  : "the worker closed the connection";

	if (is_malformed)
		log_malformed(req);
	if (failure == UPSTREAM_REFUSED) {
		counters->upstream_connect_failures++;
		attempt_failed(req, true, 502, "cannot connect to a worker");
		return;
	}
	if (was_kept && is_undelivered && req->held_all && !req->responding) {
		attempt_reconnect(req);
		return;
	}
	counters->upstream_broken++;
	if (was_kept && !is_malformed && may_repeat && attempt_again(req))
		return;
	if (is_blameless(req, failure))
		attempt_lost(req, may_repeat, 502, reason);
	else
		attempt_failed(req, may_repeat, 502, reason);
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
