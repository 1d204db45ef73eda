/*
 * What the policy says: the worker for the next attempt of a request.
 * [proxies]
 *
 * The policy's bytes for what was tried are set for one call and cleared after
 * it.  An answer is a worker that is up, whether it has a place or not.
 */
#include "request_internal.h"

#include "clock.h"

/* One pick in so many is timed, since reading the clock twice costs a tenth of
 * a pick; every one is when the access log wants it. */
#define PICK_SAMPLE 64

static uint64_t
read_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

int
request_function(struct request *req)
{
	const struct epoch *epoch = req->requests->epoch;

	if (req->function_in != epoch->number) {
		req->function_in = epoch->number;
		req->function = generation_find_function(
		    epoch->generation, req->func.at, req->func.len);
	}
	return req->function;
}

void
request_describe(struct request *req, struct request_view *view)
{
	const struct head *head = client_head(req->client);
	struct text peer = client_peer(req->client);

	view->func = req->func.at;
	view->func_len = req->func.len;
	view->path = head->bytes + head->path_at;
	view->path_len = head->path_len + head->query_len;
	view->method = head->bytes + head->method_at;
	view->method_len = head->method_len;
	view->client = peer.at;
	view->client_len = peer.len;
	view->function = request_function(req);
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

/* What has failed it is left out, as long as any other worker is up.  Where its
 * function is closed counts as that, as long as any is left. */
static void
mark_left_out(const struct request *req, uint8_t *tried)
{
	struct requests *set = req->requests;
	uint32_t func = req->waiter.func_hash;
	bool has_other;

	mark_tried(req, tried, 1);
	has_other = req->tried_count == 0 || leaves_one(set, tried);
	if (!has_other)
		mark_tried(req, tried, 0);
	if (closed_mark(set->closed, func, tried, 1) == 0 ||
	    leaves_one(set, tried))
		return;
	closed_mark(set->closed, func, tried, 0);
	if (has_other)
		mark_tried(req, tried, 1);
}

static int
pick(struct request *req)
{
	struct requests *set = req->requests;
	struct policy *policy = set->epoch->policy;
	uint8_t *tried = policy_tried(policy);
	int slot;

	request_describe(req, policy_request(policy));
	mark_left_out(req, tried);
	slot = ask_policy(set, policy);
	closed_mark(set->closed, req->waiter.func_hash, tried, 0);
	mark_tried(req, tried, 0);
	return slot;
}

/* Slow picks are measured one by one, so that what they take of this turn is
 * not taken for the worker's time; and nothing that is ready to be sent waits
 * for the next one. */
#define SLOW_NS 500000

int
request_pick(struct request *req)
{
	struct requests *set = req->requests;
	uint64_t start_ns, took_ns;
	int slot;

	set->counters->picks++;
	req->picked_in = set->epoch->number;
	if (set->pick_count++ % PICK_SAMPLE != 0 &&
	    !set->loop->picks_are_slow && !access_log_is_on(set->log))
		return pick(req);
	start_ns = read_ns();
	slot = pick(req);
	took_ns = read_ns() - start_ns;
	req->pick_ns += took_ns;
	histogram_add(&set->counters->pick_time, took_ns);
	set->loop->picks_are_slow = took_ns > SLOW_NS;
	if (set->loop->picks_are_slow)
		clock_advance(took_ns / 1000);
	return slot;
}
