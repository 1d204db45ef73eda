/*
 * A place at a worker for each request: at once, or in its turn.  [proxies]
 *
 * Invariants: a request is in the queue exactly in state QUEUED.  Nobody takes
 * a place that an older one may want, wherever that waits.  While a worker has
 * a place and somebody waits who may want it, one proxy is about to look at it
 * in attempts_hand_out(), and passes that duty on when the oldest is elsewhere:
 * it begins with the one who gives a place back, or who leaves it to others.
 */
#include "request_internal.h"

#include <string.h>
#include "clock.h"
#include "precedence.h"

/* Requests that are asked in vain about one freed place. */
#define ASK_MAX 16

static bool
has_place(struct requests *set, int slot)
{
	const struct worker *worker = worker_at(set->workers, slot);

	return worker_is_available(worker) &&
	       __atomic_load_n(&worker->inflight, __ATOMIC_RELAXED) <
		   worker->capacity;
}

/* To be looked at before the turn is over. */
static void
look_at(struct requests *set, int slot)
{
	if (set->is_freed[slot])
		return;
	set->is_freed[slot] = true;
	set->freed[set->freed_count++] = slot;
}

/* --- waiting --- */

/* Another proxy has given a place back since the policy was asked, and may not
 * have seen that this one waits. */
static void
look_at_what_came(struct requests *set, const struct waiter *waiter)
{
	if (set->gateway->process_count <= 2 ||
	    precedence_openings(set->workers) == waiter->seen)
		return;
	for (int i = 0; i < worker_max(set->workers); i++)
		if (precedence_freed(set->workers, i) > waiter->seen &&
		    has_place(set, i))
			look_at(set, i);
}

void
request_wait(struct request *req, int slot)
{
	struct requests *set = req->requests;

	set->counters->pick_waits++;
	if (!admission_wait(set->admission, &req->waiter, slot)) {
		set->counters->queue_full++;
		request_fail(req, 503, "the queue is full");
		return;
	}
	look_at_what_came(set, &req->waiter);
	if (req->state == REQUEST_QUEUED)
		return; /* woken in vain: its time runs on */
	request_enter(req, REQUEST_QUEUED);
	if (!req->input_done)
		client_pause(req->client);
}

/* There is a place, but it is not this one's turn. */
static void
request_wait_its_turn(struct request *req, int slot)
{
	struct requests *set = req->requests;

	request_wait(req, WAITER_ANY);
	if (req->state != REQUEST_QUEUED)
		return;
	admission_want(set->admission, &req->waiter, slot);
	look_at(set, slot);
}

/* It has seen all there is, and the place goes to whom can use it. */
void
request_postpone(struct request *req, int slot)
{
	struct requests *set = req->requests;

	worker_release(set->workers, slot, set->proxy);
	request_wait(req, WAITER_ANY);
	place_given_back(set, slot);
	req->last_slot = slot;
	req->waiter.seen = WAITER_POSTPONED;
	set->is_short[slot] = true;
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

/* --- taking a place --- */

enum taking { TAKING_DONE, TAKING_FULL, TAKING_IN_TURN };

static enum taking
take_place(struct request *req, int *slot)
{
	struct requests *set = req->requests;

	req->waiter.seen = precedence_openings(set->workers);
	*slot = request_pick(req);
	if (*slot < 0)
		return TAKING_FULL;
	if (admission_must_wait(set->admission, &req->waiter, *slot))
		return has_place(set, *slot) ? TAKING_IN_TURN : TAKING_FULL;
	return worker_claim(set->workers, *slot, set->proxy) ? TAKING_DONE
							     : TAKING_FULL;
}

void
request_schedule(struct request *req)
{
	struct requests *set = req->requests;
	enum taking taking;
	int slot;

	if (set->available == 0 && !set->config->queue.hold) {
		request_fail(req, 503, "no worker is up");
		return;
	}
	taking = take_place(req, &slot);
	/* Another proxy may just have been faster: pick knowing it. */
	if (taking == TAKING_FULL && slot >= 0 &&
	    set->gateway->process_count > 2)
		taking = take_place(req, &slot);
	switch (taking) {
	case TAKING_DONE:
		if (!attempt_begin(req, slot))
			request_postpone(req, slot);
		break;
	case TAKING_FULL:
		request_wait(req, slot < 0 ? WAITER_ANY : slot);
		break;
	case TAKING_IN_TURN:
		request_wait_its_turn(req, slot);
		break;
	}
}

/* --- handing out what came free --- */

static struct request *
request_of(struct waiter *waiter)
{
	return list_entry(waiter, struct request, waiter);
}

void
attempts_hand_out(struct requests *set, int slot)
{
	struct admission *queue = set->admission;
	int in_vain = 0;

	while (has_place(set, slot)) {
		uint64_t opened = precedence_opened(set->workers, slot);
		struct waiter *next = admission_next(queue, slot, opened);
		int turn = admission_turn(queue, slot, PRECEDENCE_NONE);

		if (turn == -1)
			return;
		if (turn != set->proxy) {
			admission_wake(queue, turn);
			return;
		}
		if (next == NULL)
			continue; /* it has been opened again meanwhile */
		if (in_vain > ASK_MAX) { /* again in the next turn */
			admission_wake(queue, set->proxy);
			return;
		}
		request_schedule(request_of(next));
		if (next->since_us != 0 && ++in_vain == ASK_MAX)
			admission_give_up(queue, slot);
	}
}

/* A request that fails at once may let its client's next one in, which looks
 * here, too: a loop, lest as many nest as wait. */
void
attempts_dispatch(struct requests *set)
{
	if (set->is_dispatching)
		return;
	set->is_dispatching = true;
	while (set->freed_count > 0) {
		int slot = set->freed[--set->freed_count];

		set->is_freed[slot] = false;
		attempts_hand_out(set, slot);
	}
	set->is_dispatching = false;
}

/* There was room before: those who wait have declined it, but what they see now
 * may please them better. */
static bool
is_old_news(struct requests *set, int slot)
{
	const struct worker *worker = worker_at(set->workers, slot);

	return __atomic_load_n(&worker->inflight, __ATOMIC_RELAXED) + 1 <
	       worker->capacity;
}

void
place_given_back(struct requests *set, int slot)
{
	int turn;

	if (admission_is_idle(set->admission))
		return;
	precedence_free(set->workers, slot);
	turn = admission_turn(set->admission, slot, PRECEDENCE_NONE);
	if (turn == -1 || is_old_news(set, slot)) {
		look_at(set, slot);
		admission_wake_others(set->admission);
	} else if (turn == set->proxy) {
		look_at(set, slot);
	} else {
		admission_wake(set->admission, turn);
	}
}

/* Where an older one has just found no socket, a younger one finds none. */
static void
pick_again(struct waiter *waiter)
{
	struct request *req = request_of(waiter);

	if (waiter->seen != WAITER_POSTPONED ||
	    !req->requests->is_short[req->last_slot])
		request_schedule(req);
}

void
attempts_pick_again(struct requests *set)
{
	memset(set->is_short, 0,
	    (size_t)worker_max(set->workers) * sizeof(*set->is_short));
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
