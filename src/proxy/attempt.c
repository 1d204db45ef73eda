/*
 * An attempt: a request at one worker, from the claim of its place until that
 * is given back, and going elsewhere when it fails.  [proxies]
 *
 * Invariant: a request holds a place (slot != -1) exactly from attempt_begin(),
 * before which it was claimed, until attempt_end().
 */
#include "request_internal.h"

#include <errno.h>
#include "clock.h"
#include "log.h"

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

/* False: no socket is left for it.  Else its upstream is on the way, or NULL
 * when the worker cannot be reached. */
static bool
attempt_connect(struct request *req, int slot)
{
	struct requests *set = req->requests;
	struct address address;

	errno = 0;
	if (worker_address(set->workers, slot, &address))
		do
			req->upstream = upstream_connect(
			    set->upstreams, slot, &address, req);
		while (req->upstream == NULL && is_want_of_descriptors(errno) &&
		       pool_shed(set->pool));
	if (req->upstream != NULL || !is_our_want(errno))
		return true;
	say_what_is_wanted();
	return false;
}

static void
attempt_go(struct request *req)
{
	if (req->upstream == NULL) {
		req->requests->counters->upstream_connect_failures++;
		attempt_failed(req, true, 502, "cannot connect to a worker");
		return;
	}
	upstream_begin(req->upstream, req, client_head(req->client)->method);
	request_enter(req, REQUEST_CONNECTING);
	if (!req->input_done)
		client_pause(req->client);
}

/* Without a socket it is as if it had not been there. */
void
attempt_reconnect(struct request *req)
{
	int slot = req->slot;

	upstream_close(req->upstream);
	req->upstream = NULL;
	req->upload_over = false;
	list_remove(&req->hedge_link); /* until it is sent again */
	if (attempt_connect(req, slot)) {
		attempt_go(req);
	} else if (!hedge_goes_on(req, "no socket is left")) {
		req->slot = -1;
		req->attempts--;
		req->tried_count--;
		request_postpone(req, slot);
	}
}

bool
attempt_begin(struct request *req, int slot)
{
	struct requests *set = req->requests;
	bool is_kept;

	req->upstream = pool_take(set->pool, slot);
	is_kept = req->upstream != NULL;
	if (!is_kept && !attempt_connect(req, slot))
		return false;
	request_leave_queue(req);
	req->slot = req->last_slot = slot;
	req->address = set->address_seen[slot];
	req->attempts++;
	req->tried[req->tried_count++] = slot;
	req->sent_us = req->head_us = 0;
	req->upload_over = req->was_early = false;
	if (!is_kept) {
		attempt_go(req);
		return true;
	}
	set->counters->upstream_reused++;
	upstream_begin(req->upstream, req, client_head(req->client)->method);
	relay_request(req);
	return true;
}

/* --- ending and going elsewhere --- */

/* Of two attempts at once the first may end after the second began. */
static int
attempt_number(const struct request *req)
{
	int number = req->tried_count;

	while (number > 1 && req->tried[number - 1] != req->slot)
		number--;
	return number;
}

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
	request_describe(req, policy_request(policy));
	policy_request(policy)->attempt = attempt_number(req);
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

/* The connection may serve another request: it is in order, and leads to where
 * the worker still is. */
static bool
may_keep(const struct request *req, const struct upstream *up)
{
	return req->input_done && !req->upload_over && !req->was_early &&
	       upstream_may_keep(up) &&
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
	list_remove(&req->hedge_link);
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

/* It may be sent again, as far as the request itself is concerned. */
static bool
may_be_repeated(const struct request *req)
{
	return !req->responding && req->held_all &&
	       req->attempts < req->requests->config->retry.attempts &&
	       req->tried_count < ATTEMPTS_MAX;
}

static bool
retry_is_paid(struct request *req)
{
	struct requests *set = req->requests;

	if (!budget_spend(&set->budget)) {
		set->counters->retries_denied++;
		return false;
	}
	set->counters->retries++;
	return true;
}

static void
go_elsewhere(struct request *req, const char *reason)
{
	log_debug("request %.*s: tries elsewhere: %s", (int)req->id.len,
	    req->id.at, reason);
	attempt_end(req, reason);
	request_schedule(req);
}

bool
attempt_elsewhere(struct request *req, const char *reason)
{
	if (hedge_goes_on(req, reason))
		return true;
	requests_see_workers(req->requests);
	if (!may_be_repeated(req) || !has_elsewhere(req) || !retry_is_paid(req))
		return false;
	go_elsewhere(req, reason);
	return true;
}

/* A kept connection may have closed for its age, so its worker is asked again
 * where there is no other; as a retry, for it may have read the request. */
bool
attempt_again(struct request *req)
{
	requests_see_workers(req->requests);
	if (!may_be_repeated(req) || has_elsewhere(req) || !retry_is_paid(req))
		return false;
	req->attempts++;
	attempt_reconnect(req);
	return true;
}

/* All workers are gone, and who finds none waits until one is up. */
static bool
may_wait_for_workers(const struct request *req)
{
	const struct requests *set = req->requests;

	return set->available == 0 && set->config->queue.hold;
}

void
attempt_lost(
    struct request *req, bool may_repeat, int status, const char *reason)
{
	struct requests *set = req->requests;

	if (hedge_goes_on(req, reason))
		return;
	requests_see_workers(set);
	if (may_repeat && may_be_repeated(req) &&
	    (has_elsewhere(req) || may_wait_for_workers(req)) &&
	    retry_is_paid(req))
		go_elsewhere(req, reason);
	else
		request_fail(req, status, reason);
}

void
attempt_failed(
    struct request *req, bool may_repeat, int status, const char *reason)
{
	struct requests *set = req->requests;

	worker_count(set->workers, req->slot, set->proxy, true, 0);
	attempt_lost(req, may_repeat, status, reason);
}
