/*
 * Which worker a request goes to, the wait for a place there, and going
 * elsewhere when it fails.  [proxies]
 *
 * Invariants: a request holds a place (slot != -1) exactly from the claim in
 * request_schedule() until attempt_end(), and is in the queue exactly in state
 * QUEUED.  Places given back are handed out at the end of the turn, before
 * that to nobody who is younger than the queue.
 */
#include "request_internal.h"

#include <errno.h>
#include <stdio.h>
#include "clock.h"
#include "log.h"

/* One pick in so many is timed, since reading the clock twice costs a tenth of
 * a pick; every one is when the access log wants it. */
#define PICK_SAMPLE 64
/* Requests woken in vain for one freed place. */
#define WAKE_MAX 16

static uint64_t
read_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* --- choosing --- */

/* The request as the policy sees it. */
static void
describe(struct request *req, struct request_view *view)
{
	const struct head *head = client_head(req->client);
	struct requests *set = req->requests;

	view->func = req->func.at;
	view->func_len = req->func.len;
	view->path = head->bytes + head->path_at;
	view->path_len = head->path_len + head->query_len;
	view->method = head->bytes + head->method_at;
	view->method_len = head->method_len;
	view->client = client_peer(req->client);
	view->client_len = strlen(view->client);
	view->function = generation_find_function(
	    set->epoch->generation, req->func.at, req->func.len);
	view->attempt = req->attempts + 1;
	view->body_length = req->up.framing == FRAMING_CHUNKED
				? -1
				: (double)req->up_length;
	view->now = clock_now_us() / 1000.0;
	view->owner = req;
}

/* What the policy says, but for a worker that this request has just failed at
 * while another is free. */
static int
ask_policy(struct requests *set, struct policy *policy)
{
	uint64_t errors = policy_stats(policy)->errors;
	int slot = policy_pick(policy), other;

	if (slot >= 0 && policy_tried(policy)[slot]) {
		other = policy_fallback(policy);
		return other >= 0 ? other : slot;
	}
	if (slot == POLICY_FAILED) {
		/* In quarantine it is not asked, so that it cannot fail. */
		set->counters->pick_errors += policy_stats(policy)->errors -
					      errors;
		set->counters->pick_fallbacks++;
		/* Many that take too long in one turn are no standstill. */
		set->row->heartbeat_us = clock_read_us();
		slot = policy_fallback(policy);
	}
	return slot;
}

static void
mark_tried(const struct request *req, uint8_t *tried, uint8_t value)
{
	for (int i = 0; i < req->tried_count; i++)
		tried[req->tried[i]] = value;
}

static bool
leaves_one(struct requests *set, const uint8_t *tried)
{
	for (int i = 0; i < worker_max(set->workers); i++)
		if (!tried[i] &&
		    worker_is_available(worker_at(set->workers, i)))
			return true;
	return false;
}

/* Where its function is closed counts as tried, as long as any is left. */
static void
mark_closed(const struct request *req, uint8_t *tried)
{
	struct requests *set = req->requests;
	uint32_t func = req->waiter.func_hash;

	if (closed_mark(set->closed, func, tried, 1) == 0 ||
	    leaves_one(set, tried))
		return;
	closed_mark(set->closed, func, tried, 0);
	mark_tried(req, tried, 1);
}

static int
pick(struct request *req)
{
	struct requests *set = req->requests;
	struct policy *policy = set->epoch->policy;
	uint8_t *tried = policy_tried(policy);
	int slot;

	describe(req, policy_request(policy));
	mark_tried(req, tried, 1);
	mark_closed(req, tried);
	slot = ask_policy(set, policy);
	closed_mark(set->closed, req->waiter.func_hash, tried, 0);
	mark_tried(req, tried, 0);
	return slot;
}

static int
pick_timed(struct request *req)
{
	struct requests *set = req->requests;
	uint64_t start_ns;
	int slot;

	set->counters->picks++;
	req->picked_in = set->epoch->number;
	if (set->pick_count++ % PICK_SAMPLE != 0 && !access_log_is_on(set->log))
		return pick(req);
	start_ns = read_ns();
	slot = pick(req);
	start_ns = read_ns() - start_ns;
	req->pick_ns += start_ns;
	histogram_add(&set->counters->pick_time, start_ns);
	return slot;
}

/* --- waiting --- */

static void
request_wait(struct request *req, int slot)
{
	struct requests *set = req->requests;

	set->counters->pick_waits++;
	if (!admission_wait(set->admission, &req->waiter, slot)) {
		set->counters->queue_full++;
		request_fail(req, 503, "the queue is full");
		return;
	}
	if (req->state == REQUEST_QUEUED)
		return; /* woken in vain: its time runs on */
	request_enter(req, REQUEST_QUEUED);
	if (!req->input_done)
		client_pause(req->client);
}

void
request_leave_queue(struct request *req)
{
	uint64_t waited_us;

	if (req->waiter.since_us == 0)
		return;
	waited_us = clock_now_us() - req->waiter.since_us;
	admission_leave(req->requests->admission, &req->waiter);
	req->queued_us += waited_us;
	histogram_add(&req->requests->counters->queue_time, waited_us);
}

/* --- going --- */

/* Closing an idle connection may help. */
static bool
is_want_of_descriptors(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM;
}

/* What this machine has run out of is no failure of the worker: descriptors,
 * ports for connections to this worker, or room in the backlog of its Unix
 * socket. */
static bool
is_our_want(int error)
{
	return is_want_of_descriptors(error) || error == EADDRNOTAVAIL ||
	       error == EAGAIN;
}

static void
say_what_is_wanted(void)
{
	static uint64_t said_us;

	if (clock_now_us() - said_us < 1000000)
		return;
	said_us = clock_now_us();
	log_warn("no socket is left for a worker connection: %m");
}

/* Back to the queue, until the next tick.  The place goes to whom can use it:
 * handed out here, it would come back to this request at once. */
static void
attempt_postpone(struct request *req)
{
	struct requests *set = req->requests;
	int slot = req->slot;

	say_what_is_wanted();
	req->slot = -1;
	req->attempts--;
	req->tried_count--;
	worker_release(set->workers, slot, set->proxy);
	admission_wake_others(set->admission, true);
	request_wait(req, WAIT_ANY);
}

static void
attempt_connect(struct request *req)
{
	struct requests *set = req->requests;
	struct address address;

	errno = 0;
	if (worker_address(set->workers, req->slot, &address))
		do
			req->upstream = upstream_connect(
			    set->upstreams, req->slot, &address, req);
		while (req->upstream == NULL && is_want_of_descriptors(errno) &&
		       pool_shed(set->pool));
	if (req->upstream == NULL && is_our_want(errno)) {
		attempt_postpone(req);
		return;
	}
	if (req->upstream == NULL) {
		set->counters->upstream_connect_failures++;
		attempt_failed(req, true, 502, "cannot connect to a worker");
		return;
	}
	upstream_begin(req->upstream, req, client_head(req->client)->method);
	request_enter(req, REQUEST_CONNECTING);
	if (!req->input_done)
		client_pause(req->client);
}

void
attempt_reconnect(struct request *req)
{
	upstream_close(req->upstream);
	req->upstream = NULL;
	req->upload_over = false;
	attempt_connect(req);
}

static void
attempt_begin(struct request *req, int slot)
{
	struct requests *set = req->requests;

	req->slot = slot;
	req->address = set->address_seen[slot];
	req->attempts++;
	req->tried[req->tried_count++] = slot;
	req->sent_us = req->head_us = 0;
	req->upload_over = false;
	req->upstream = pool_take(set->pool, slot);
	if (req->upstream == NULL) {
		attempt_connect(req);
		return;
	}
	set->counters->upstream_reused++;
	upstream_begin(req->upstream, req, client_head(req->client)->method);
	relay_request(req);
}

static bool
claim(struct requests *set, int slot)
{
	return slot >= 0 && worker_claim(set->workers, slot, set->proxy);
}

void
request_schedule(struct request *req)
{
	struct requests *set = req->requests;
	bool claimed;
	int slot;

	if (set->available == 0 && !set->config->queue.hold) {
		request_fail(req, 503, "no worker is up");
		return;
	}
	slot = pick_timed(req);
	claimed = claim(set, slot);
	if (slot >= 0 && !claimed && set->gateway->process_count > 2) {
		/* Another proxy may just have been faster: pick knowing it. */
		slot = pick_timed(req);
		claimed = claim(set, slot);
	}
	if (!claimed) {
		request_wait(req, slot < 0 ? WAIT_ANY : slot);
		return;
	}
	request_leave_queue(req);
	attempt_begin(req, slot);
}

/* --- ending and going elsewhere --- */

static void
tell_policy(struct request *req, const char *error)
{
	const struct head *head = req->upstream ? upstream_answer(req->upstream)
						: NULL;
	struct policy *policy = req->requests->epoch->policy;
	struct outcome_view *outcome;

	if (req->picked_in != req->requests->epoch->number ||
	    !policy_wants_done(policy))
		return;
	describe(req, policy_request(policy));
	policy_request(policy)->attempt = req->attempts;
	outcome = policy_outcome(policy);
	outcome->slot = req->slot;
	outcome->status = head != NULL ? head->status : 0;
	outcome->latency_ms = req->head_us > req->sent_us
				  ? (req->head_us - req->sent_us) / 1000.0
				  : 0;
	outcome->error = error;
	outcome->owner = (void *)head;
	policy_done(policy);
}

static void
place_given_back(struct requests *set, int slot)
{
	if (!admission_is_empty(set->admission) && !set->is_freed[slot]) {
		set->is_freed[slot] = true;
		set->freed[set->freed_count++] = slot;
	}
	admission_wake_others(set->admission, false);
}

/* The connection may serve another request: it is in order, and leads to where
 * the worker still is. */
static bool
may_keep(const struct request *req, const struct upstream *up)
{
	return req->input_done && !req->upload_over && upstream_may_keep(up) &&
	       req->address == req->requests->address_seen[req->slot];
}

void
attempt_end(struct request *req, const char *error)
{
	struct requests *set = req->requests;
	struct upstream *up = req->upstream;
	int slot = req->slot;

	if (slot == -1)
		return;
	tell_policy(req, error);
	if (up != NULL && may_keep(req, up)) {
		upstream_end(up);
		pool_give(set->pool, up);
	} else {
		upstream_close(up);
	}
	req->upstream = NULL;
	req->slot = -1;
	worker_release(set->workers, slot, set->proxy);
	place_given_back(set, slot);
}

static bool
was_tried(const struct request *req, int slot)
{
	for (int i = 0; i < req->tried_count; i++)
		if (req->tried[i] == slot)
			return true;
	return false;
}

/* Some worker that may be chosen has not been tried yet. */
static bool
has_elsewhere(const struct request *req)
{
	const struct requests *set = req->requests;

	if (set->available > req->tried_count)
		return true;
	for (int i = 0; i < worker_max(set->workers); i++)
		if (worker_is_available(worker_at(set->workers, i)) &&
		    !was_tried(req, i))
			return true;
	return false;
}

static bool
retry_is_allowed(struct request *req)
{
	struct requests *set = req->requests;

	if (req->responding || !req->held_all ||
	    req->attempts >= set->config->retry.attempts ||
	    req->tried_count == ATTEMPTS_MAX || !has_elsewhere(req))
		return false;
	if (!budget_spend(&set->budget)) {
		set->counters->retries_denied++;
		return false;
	}
	set->counters->retries++;
	return true;
}

bool
attempt_elsewhere(struct request *req, const char *reason)
{
	if (!retry_is_allowed(req))
		return false;
	log_debug("request %.*s: tries elsewhere: %s", (int)req->id.len,
	    req->id.at, reason);
	attempt_end(req, reason);
	request_schedule(req);
	return true;
}

void
attempt_failed(
    struct request *req, bool may_repeat, int status, const char *reason)
{
	struct requests *set = req->requests;

	worker_count(set->workers, req->slot, set->proxy, true, 0);
	if (may_repeat && attempt_elsewhere(req, reason))
		return;
	request_fail(req, status, reason);
}

/* --- handing out freed places --- */

static struct request *
request_of(struct waiter *waiter)
{
	return list_entry(waiter, struct request, waiter);
}

static bool
has_place(struct requests *set, int slot)
{
	const struct worker *worker = worker_at(set->workers, slot);

	return worker_is_available(worker) &&
	       __atomic_load_n(&worker->inflight, __ATOMIC_RELAXED) <
		   worker->capacity;
}

void
attempts_hand_out(struct requests *set, int slot)
{
	struct waiter *waiter;
	uint64_t ticket = 0;

	for (int i = 0; i < WAKE_MAX && has_place(set, slot); i++) {
		waiter = admission_next(set->admission, slot, ticket);
		if (waiter == NULL)
			return;
		ticket = waiter->ticket;
		request_schedule(request_of(waiter));
	}
}

void
attempts_dispatch(struct requests *set)
{
	while (set->freed_count > 0) {
		int slot = set->freed[--set->freed_count];

		set->is_freed[slot] = false;
		attempts_hand_out(set, slot);
		if (has_place(set, slot))
			admission_wake_others(set->admission, true);
	}
}

static void
pick_again(struct waiter *waiter)
{
	request_schedule(request_of(waiter));
}

void
attempts_pick_again(struct requests *set)
{
	admission_visit(set->admission, pick_again);
}

void
attempts_look_again(struct requests *set)
{
	if (admission_is_empty(set->admission))
		return;
	for (int i = 0; i < worker_max(set->workers); i++) {
		if (has_place(set, i)) {
			attempts_pick_again(set);
			return;
		}
	}
}
