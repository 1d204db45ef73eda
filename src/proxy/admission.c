/*
 * The queue: requests for which no worker has a place now.  [proxies]
 *
 * Each list is sorted by ticket.  A newcomer has the highest ticket and goes to
 * the end; one woken in vain kept its place in `all`, and goes back to where it
 * was in a list of its kind, which is near the front.  `queued` and
 * `queued_since_us` in the process row say how many wait here and since when,
 * for the other proxies.
 */
#include "admission.h"

#include <stdlib.h>
#include <unistd.h>
#include "clock.h"
#include "worker.h"
#include "xmalloc.h"

/* Functions are counted by the hash of their name: two that share a counter
 * share a bound, which 4,096 counters make rare and harmless. */
#define FUNCTIONS 4096

struct admission {
	struct gateway *gateway;
	struct process *row;
	int proxy;
	int workers;
	int max, max_per_function;
	uint64_t last_ticket;
	struct waiter *visited_next; /* after the one that is being visited */
	uint32_t by_function[FUNCTIONS];
	struct list all;
	struct list any;
	struct list by_slot[];
};

struct admission *
admission_new(struct gateway *gateway, int proxy)
{
	int workers = worker_max(gateway->workers);
	struct admission *a = xcalloc(
	    1, sizeof(*a) + workers * sizeof(a->by_slot[0]));

	a->gateway = gateway;
	a->row = &gateway->processes[1 + proxy];
	a->proxy = proxy;
	a->workers = workers;
	list_init(&a->all);
	list_init(&a->any);
	for (int i = 0; i < workers; i++)
		list_init(&a->by_slot[i]);
	return a;
}

void
admission_free(struct admission *a)
{
	free(a);
}

void
admission_configure(struct admission *a, const struct config *config)
{
	a->max = config->queue.size;
	a->max_per_function = config->queue.per_function;
}

void
waiter_init(struct waiter *waiter, uint32_t func_hash)
{
	*waiter = (struct waiter){.func_hash = func_hash};
	link_init(&waiter->link);
	link_init(&waiter->in_all);
}

static struct list *
list_for(struct admission *a, int slot)
{
	return slot == WAIT_ANY ? &a->any : &a->by_slot[slot];
}

static bool
is_full(const struct admission *a, const struct waiter *waiter)
{
	const struct gateway *gateway = a->gateway;
	int64_t queued = 0;

	if (a->max_per_function > 0 &&
	    a->by_function[waiter->func_hash % FUNCTIONS] >=
		(uint32_t)a->max_per_function)
		return true;
	for (int i = 1; i < gateway->process_count; i++)
		queued += __atomic_load_n(
		    &gateway->processes[i].queued, __ATOMIC_RELAXED);
	return queued >= a->max;
}

/* Says in the shared row how many wait here, and since when. */
static void
publish(struct admission *a, int change)
{
	struct waiter *oldest = admission_oldest(a);

	__atomic_store_n(
	    &a->row->queued, a->row->queued + change, __ATOMIC_RELAXED);
	__atomic_store_n(&a->row->queued_since_us,
	    oldest ? oldest->since_us : 0, __ATOMIC_SEQ_CST);
}

static void
insert_by_ticket(struct list *list, struct waiter *waiter)
{
	struct link *place = list->head.prev; /* newcomers: right at the end */

	if (place != &list->head &&
	    list_entry(place, struct waiter, link)->ticket > waiter->ticket) {
		/* woken in vain: from the front, where it was */
		place = &list->head;
		while (list_entry(place->next, struct waiter, link)->ticket <
		       waiter->ticket)
			place = place->next;
	}
	list_insert_after(place, &waiter->link);
}

bool
admission_wait(struct admission *a, struct waiter *waiter, int slot)
{
	bool is_new = waiter->since_us == 0;

	if (is_new && is_full(a, waiter))
		return false;
	if (!is_new && waiter->slot == slot)
		return true;
	if (waiter->ticket == 0)
		waiter->ticket = ++a->last_ticket;
	list_remove(&waiter->link);
	waiter->slot = slot;
	insert_by_ticket(list_for(a, slot), waiter);
	if (is_new) {
		waiter->since_us = clock_now_us();
		list_append(&a->all, &waiter->in_all);
		a->by_function[waiter->func_hash % FUNCTIONS]++;
		publish(a, 1);
	}
	return true;
}

/* The next by age. */
static struct waiter *
follower(const struct admission *a, const struct waiter *waiter)
{
	struct link *next = waiter->in_all.next;

	return next == &a->all.head ? NULL
				    : list_entry(next, struct waiter, in_all);
}

void
admission_leave(struct admission *a, struct waiter *waiter)
{
	if (waiter->since_us == 0)
		return;
	if (a->visited_next == waiter)
		a->visited_next = follower(a, waiter);
	list_remove(&waiter->link);
	list_remove(&waiter->in_all);
	waiter->since_us = 0;
	waiter->ticket = 0;
	a->by_function[waiter->func_hash % FUNCTIONS]--;
	publish(a, -1);
}

static struct waiter *
older(struct waiter *one, struct waiter *other)
{
	if (one == NULL || other == NULL)
		return one ? one : other;
	return one->ticket < other->ticket ? one : other;
}

/* The first in this list that is younger than the ticket. */
static struct waiter *
first_after(struct list *list, uint64_t ticket)
{
	struct waiter *waiter;

	list_each (waiter, list, link) {
		if (waiter->ticket > ticket)
			return waiter;
	}
	return NULL;
}

struct waiter *
admission_next(struct admission *a, int slot, uint64_t after)
{
	return older(
	    first_after(&a->any, after), first_after(&a->by_slot[slot], after));
}

/* Whoever comes meanwhile is not visited: it was picked for just now. */
void
admission_visit(struct admission *a, void (*visit)(struct waiter *))
{
	struct waiter *waiter = admission_oldest(a);
	uint64_t last_ticket = a->last_ticket;

	while (waiter != NULL && waiter->ticket <= last_ticket) {
		a->visited_next = follower(a, waiter);
		visit(waiter);
		waiter = a->visited_next;
	}
	a->visited_next = NULL;
}

struct waiter *
admission_oldest(struct admission *a)
{
	return list_first(&a->all, struct waiter, in_all);
}

bool
admission_is_empty(const struct admission *a)
{
	return a->row->queued == 0;
}

void
admission_wake_others(struct admission *a, bool is_left_over)
{
	const struct gateway *gateway = a->gateway;
	uint64_t ours = a->row->queued_since_us;
	uint64_t one = 1;

	for (int i = 1; i < gateway->process_count; i++) {
		uint64_t theirs = __atomic_load_n(
		    &gateway->processes[i].queued_since_us, __ATOMIC_SEQ_CST);

		if (i != 1 + a->proxy && theirs != 0 &&
		    (is_left_over || ours == 0 || theirs < ours) &&
		    write(gateway->wake[i - 1], &one, sizeof(one)) == -1)
			continue; /* it is awake already */
	}
}
