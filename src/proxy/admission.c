/*
 * The queue: requests for which no worker has a place now.  [proxies]
 *
 * Each list is sorted by ticket.  A newcomer has the highest ticket and goes to
 * the end; one woken in vain kept its place in `all`, and goes back to where it
 * was in a list of its kind, which is near the front.  What the other proxies
 * must know stands in shared memory: `queued` and `queued_since_us` of the
 * process row, and the oldest tickets (precedence.h).
 */
#include "admission.h"

#include <stdlib.h>
#include <unistd.h>
#include "clock.h"
#include "precedence.h"
#include "worker.h"
#include "xmalloc.h"

/* Functions are counted by the hash of their name: two that share a counter
 * share a bound, which 4,096 counters make rare and harmless. */
#define FUNCTIONS 4096
/* A proxy whose heartbeat is that old is not waited for: five of its ticks. */
#define STILL_US 500000
/* So many who have declined a place are passed over in search of the next. */
#define PASSED_OVER_MAX 256

struct line {
	struct list list; /* who waits for this worker */
	uint64_t
	    given_up; /* of what `freed` said of it, see admission_next() */
};

struct admission {
	struct gateway *gateway;
	struct worker_table *table;
	struct process *row;
	int proxy;
	int workers;
	int max, max_per_function;
	uint64_t last_ticket;
	struct waiter *visited_next; /* after the one that is being visited */
	uint32_t by_function[FUNCTIONS];
	struct list all;
	struct list any;
	struct line by_slot[];
};

struct admission *
admission_new(struct gateway *gateway, int proxy)
{
	int workers = worker_max(gateway->workers);
	struct admission *a = xcalloc(
	    1, sizeof(*a) + workers * sizeof(a->by_slot[0]));

	a->gateway = gateway;
	a->table = gateway->workers;
	a->row = &gateway->processes[1 + proxy];
	a->proxy = proxy;
	a->workers = workers;
	list_init(&a->all);
	list_init(&a->any);
	for (int i = 0; i < workers; i++)
		list_init(&a->by_slot[i].list);
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
	*waiter = (struct waiter){.func_hash = func_hash, .wanted = -1};
	link_init(&waiter->link);
	link_init(&waiter->in_all);
}

static struct list *
list_for(struct admission *a, int slot)
{
	return slot == WAITER_ANY ? &a->any : &a->by_slot[slot].list;
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

static uint64_t
first_ticket(struct list *list)
{
	struct waiter *waiter = list_first(list, struct waiter, link);

	return waiter != NULL ? waiter->ticket : 0;
}

/* The list for this worker has changed, or that for any. */
static void
tell(struct admission *a, int slot)
{
	uint64_t ticket = first_ticket(list_for(a, slot));

	if (slot == WAITER_ANY)
		precedence_tell_any(a->table, a->proxy, ticket);
	else
		precedence_tell(a->table, slot, a->proxy, ticket);
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

static void
change_list(struct admission *a, struct waiter *waiter, int slot, bool is_new)
{
	list_remove(&waiter->link);
	if (!is_new)
		tell(a, waiter->slot);
	waiter->slot = slot;
	insert_by_ticket(list_for(a, slot), waiter);
	tell(a, slot);
}

bool
admission_wait(struct admission *a, struct waiter *waiter, int slot)
{
	bool is_new = waiter->since_us == 0;

	if (is_new && is_full(a, waiter))
		return false;
	waiter->wanted = -1;
	if (!is_new && waiter->slot == slot)
		return true;
	if (is_new)
		waiter->ticket = a->last_ticket = precedence_ticket(a->table);
	change_list(a, waiter, slot, is_new);
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
	tell(a, waiter->slot);
	a->by_function[waiter->func_hash % FUNCTIONS]--;
	publish(a, -1);
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

/* --- whose turn it is --- */

bool
admission_is_idle(const struct admission *a)
{
	const struct gateway *gateway = a->gateway;

	for (int i = 1; i < gateway->process_count; i++)
		if (__atomic_load_n(
			&gateway->processes[i].queued, __ATOMIC_SEQ_CST) != 0)
			return false;
	return true;
}

/* Has requests that wait, and goes on.  One that stands still is replaced after
 * a while; until then others go before it. */
static bool
is_heard(const struct admission *a, int proxy)
{
	const struct process *row = &a->gateway->processes[1 + proxy];
	uint64_t beat_us = __atomic_load_n(
	    &row->heartbeat_us, __ATOMIC_RELAXED);

	if (__atomic_load_n(&row->queued, __ATOMIC_SEQ_CST) == 0)
		return false;
	return proxy == a->proxy || beat_us + STILL_US > clock_now_us();
}

int
admission_turn(const struct admission *a, int slot, uint64_t before)
{
	int first = -1;

	for (int i = 0; i < a->gateway->process_count - 1; i++) {
		uint64_t ticket;

		if (!is_heard(a, i))
			continue;
		ticket = precedence_oldest(a->table, slot, i);
		if (ticket < before) {
			before = ticket;
			first = i;
		}
	}
	return first;
}

bool
admission_must_wait(
    const struct admission *a, const struct waiter *waiter, int slot)
{
	uint64_t ticket = waiter->since_us != 0 ? waiter->ticket
						: PRECEDENCE_NONE;

	return !admission_is_idle(a) && admission_turn(a, slot, ticket) != -1;
}

void
admission_want(struct admission *a, struct waiter *waiter, int slot)
{
	uint64_t opened = precedence_opened(a->table, slot);

	waiter->wanted = slot;
	a->by_slot[slot].given_up = 0;
	if (precedence_declined(a->table, slot, a->proxy) > waiter->ticket)
		precedence_decline(
		    a->table, slot, a->proxy, waiter->ticket, opened);
}

/* Would go there, or has not been asked since there was room. */
static bool
may_want(const struct waiter *waiter, int slot, uint64_t freed)
{
	return waiter->wanted == slot || waiter->seen < freed;
}

static struct waiter *
next_of_any(struct admission *a, int slot)
{
	uint64_t freed = precedence_freed(a->table, slot);
	struct waiter *waiter;
	int passed_over = 0;

	if (a->by_slot[slot].given_up == freed)
		return NULL;
	list_each (waiter, &a->any, link) {
		if (may_want(waiter, slot, freed))
			return waiter;
		if (++passed_over == PASSED_OVER_MAX)
			break;
	}
	return NULL;
}

struct waiter *
admission_next(struct admission *a, int slot, uint64_t opened)
{
	struct waiter *any = next_of_any(a, slot);
	struct waiter *first = list_first(
	    &a->by_slot[slot].list, struct waiter, link);

	precedence_decline(a->table, slot, a->proxy,
	    any ? any->ticket : PRECEDENCE_NONE, opened);
	if (any == NULL || first == NULL)
		return any ? any : first;
	return any->ticket < first->ticket ? any : first;
}

void
admission_give_up(struct admission *a, int slot)
{
	a->by_slot[slot].given_up = precedence_freed(a->table, slot);
}

void
admission_wake(const struct admission *a, int proxy)
{
	uint64_t one = 1;

	if (write(a->gateway->wake[proxy], &one, sizeof(one)) == -1)
		return; /* it is awake already */
}

void
admission_wake_others(const struct admission *a)
{
	for (int i = 0; i < a->gateway->process_count - 1; i++)
		if (i != a->proxy && is_heard(a, i))
			admission_wake(a, i);
}
