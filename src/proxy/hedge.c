/*
 * Hedges: a second attempt, at another worker, of a request that takes longer
 * than usual; the first answer wins.  [proxies]
 *
 * A hedge is a request of its own beside the one that it helps, with a place
 * and an upstream but without a client: the two know each other by `hedge` and
 * `helped`.  Whichever attempt ends first without an answer ends alone, and the
 * helped request goes on with the other.  When an answer comes, the other
 * attempt is given up, and if it is the hedge's, the helped request takes the
 * hedge's place and upstream over.  So a client has one request at any time,
 * and each place is given back by the one that holds it.
 *
 * Who may be hedged stands in a list for each delay, the oldest first.
 */
#include "request_internal.h"

#include <stdlib.h>
#include "clock.h"
#include "conduct.h"
#include "histogram.h"
#include "log.h"
#include "usual.h"
#include "xmalloc.h"

#define OUTRUN "another answer came first"

struct hedges {
	struct usual *usual;
	struct event *timer;
	uint64_t timer_us;                      /* when it fires; 0: never */
	struct list waiting[HISTOGRAM_BUCKETS]; /* by delay */
};

static void
hedges_on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	hedges_send(arg);
}

struct hedges *
hedges_new(struct requests *set)
{
	struct hedges *hedges = xcalloc(1, sizeof(*hedges));

	hedges->usual = usual_new();
	hedges->timer = event_new(set->loop->base, -1, 0, hedges_on_timer, set);
	if (hedges->timer == NULL)
		fatal("cannot make an event");
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
		list_init(&hedges->waiting[i]);
	return hedges;
}

void
hedges_free(struct hedges *hedges)
{
	if (hedges == NULL)
		return;
	event_free(hedges->timer);
	usual_free(hedges->usual);
	free(hedges);
}

/* --- when --- */

static void
arm_timer(struct hedges *hedges, uint64_t at_us)
{
	uint64_t now_us = clock_now_us();
	uint64_t us = at_us > now_us ? at_us - now_us : 0;
	struct timeval tv = {us / 1000000, us % 1000000};

	hedges->timer_us = at_us;
	event_add(hedges->timer, &tv);
}

/* What may be sent twice, and is all here. */
static bool
may_be_hedged(const struct request *req)
{
	const struct head *head = client_head(req->client);
	const struct config *config = req->requests->config;

	return req->attempts == 1 && config->retry.attempts > 1 &&
	       req->input_done && req->held_all &&
	       req->up.framing != FRAMING_CHUNKED && !head->upgrade &&
	       method_is_idempotent(head->method);
}

void
hedge_plan(struct request *req)
{
	const struct config *config = req->requests->config;
	struct hedges *hedges = req->requests->hedges;
	int least = histogram_bucket(config->hedging.min_delay_us), delay;
	uint64_t at_us;

	if (config->hedging.percentile == 0 || !may_be_hedged(req))
		return;
	delay = usual_bucket(hedges->usual, req->waiter.func_hash,
	    config->hedging.percentile / 100);
	if (delay == -1)
		return;
	if (delay < least)
		delay = least;
	list_move(&req->hedge_link, &hedges->waiting[delay]);
	at_us = req->sent_us + histogram_upper_us(delay);
	if (hedges->timer_us == 0 || at_us < hedges->timer_us)
		arm_timer(hedges, at_us);
}

void
hedge_note(struct request *req, uint64_t us)
{
	if (req->requests->config->hedging.percentile > 0)
		usual_add(
		    req->requests->hedges->usual, req->waiter.func_hash, us);
}

/* --- the second attempt --- */

static struct request *
hedge_new(struct request *req)
{
	struct request *hedge = request_blank(req->requests, req->client);

	hedge->helped = req;
	hedge->route = req->route;
	hedge->func = req->func;
	hedge->waiter.func_hash = req->waiter.func_hash;
	hedge->id = req->id;
	hedge->has_made_id = req->has_made_id;
	hedge->up = req->up;
	hedge->up_length = req->up_length;
	hedge->held = req->held; /* borrowed */
	hedge->held_len = req->held_len;
	hedge->input_done = true;
	hedge->drop_expect = req->drop_expect;
	hedge->attempts = req->attempts;
	hedge->tried_count = req->tried_count;
	memcpy(hedge->tried, req->tried, sizeof(req->tried));
	req->hedge = hedge;
	return hedge;
}

static void
hedge_bury(struct request *hedge)
{
	hedge->helped->hedge = NULL;
	hedge->held = hedge->inline_held;
	request_enter(hedge, REQUEST_DEAD);
}

/* Its attempt is over, or never was. */
static void
hedge_end(struct request *hedge, const char *error)
{
	attempt_end(hedge, error);
	hedge_bury(hedge);
}

/* Goes to another worker that has a place which nobody else waits for. */
static bool
hedge_begin(struct request *hedge)
{
	struct requests *set = hedge->requests;
	struct request *req = hedge->helped;
	int slot = request_pick(hedge);

	if (slot < 0 || slot == req->slot ||
	    admission_must_wait(set->admission, &hedge->waiter, slot) ||
	    !worker_claim(set->workers, slot, set->proxy))
		return false;
	if (!attempt_begin(hedge, slot)) {
		worker_release(set->workers, slot, set->proxy);
		place_given_back(set, slot);
		return false;
	}
	req->attempts++;
	req->tried[req->tried_count++] = slot;
	set->counters->hedges++;
	return true;
}

static void
hedge_send(struct request *req)
{
	struct requests *set = req->requests;
	struct request *hedge;

	list_remove(&req->hedge_link);
	if (set->config->hedging.percentile == 0 || set->available < 2 ||
	    req->state != REQUEST_WAITING || !may_be_hedged(req))
		return;
	if (!budget_spend(&set->budget)) {
		set->counters->retries_denied++;
		return;
	}
	hedge = hedge_new(req);
	if (!hedge_begin(hedge)) {
		budget_refund(&set->budget);
		hedge_bury(hedge);
	}
}

void
hedges_send(struct requests *set)
{
	struct hedges *hedges = set->hedges;
	uint64_t next_us = 0;

	if (hedges->timer_us == 0)
		return;
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t delay_us = histogram_upper_us(i);
		struct request *req;

		while ((req = list_first(&hedges->waiting[i], struct request,
			    hedge_link)) != NULL &&
		       req->sent_us + delay_us <= clock_now_us())
			hedge_send(req);
		if (req != NULL &&
		    (next_us == 0 || req->sent_us + delay_us < next_us))
			next_us = req->sent_us + delay_us;
	}
	hedges->timer_us = 0;
	if (next_us != 0)
		arm_timer(hedges, next_us);
}

/* --- how it ends --- */

/* The helped request, which holds no place, goes on with its hedge's. */
static void
hedge_take_over(struct request *req, struct request *hedge)
{
	req->upstream = hedge->upstream;
	req->slot = hedge->slot;
	req->last_slot = hedge->last_slot;
	req->address = hedge->address;
	req->picked_in = hedge->picked_in;
	req->pick_ns += hedge->pick_ns;
	req->sent_us = hedge->sent_us;
	req->head_us = hedge->head_us;
	req->upload_over = hedge->upload_over;
	upstream_set_owner(req->upstream, req);
	request_enter(req, hedge->state);
	hedge->upstream = NULL;
	hedge->slot = -1;
	hedge_bury(hedge);
}

bool
hedge_goes_on(struct request *req, const char *error)
{
	struct request *hedge = req->hedge;

	if (req->helped != NULL) {
		hedge_end(req, error);
		return true;
	}
	if (hedge == NULL)
		return false;
	attempt_end(req, error);
	hedge_take_over(req, hedge);
	return true;
}

/* Slow for a moment is what hedges are for; but a worker that answers nobody
 * any more would never be found out, for each of its requests is helped. */
static void
blame_silent(const struct request *req)
{
	struct requests *set = req->requests;

	if (!conduct_is_silent(
		set->workers, req->slot, set->config->ejection.time_us))
		return;
	conduct_failed(set->workers, req->slot, req->waiter.func_hash);
	worker_count(set->workers, req->slot, set->proxy, true, 0);
}

struct request *
hedge_settle(struct request *req)
{
	struct request *helped = req->helped;

	if (req->hedge != NULL)
		hedge_end(req->hedge, OUTRUN);
	if (helped == NULL)
		return req;
	/* as long as it has taken so far, and longer */
	hedge_note(helped, clock_now_us() - helped->sent_us);
	helped->requests->counters->hedges_won++;
	blame_silent(helped);
	attempt_end(helped, OUTRUN);
	hedge_take_over(helped, req);
	return helped;
}

void
hedge_drop(struct request *req, const char *error)
{
	list_remove(&req->hedge_link);
	if (req->hedge != NULL)
		hedge_end(req->hedge, error);
}
