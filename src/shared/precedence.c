/*
 * Who is next for a place at a worker, over all proxies.  [proxies]
 *
 * A proxy writes its own words alone, and all of them with sequential
 * consistency: who begins to wait says so and then looks for a place, who gives
 * a place back does so and then looks who waits, so one of the two sees the
 * other.
 */
#include "precedence.h"

#include "worker_table.h"

static struct wish *
wish_of(struct worker_table *table, int slot, int proxy)
{
	return &table->wishes[(size_t)proxy * (size_t)table->worker_max +
			      (size_t)slot];
}

uint64_t
precedence_ticket(struct worker_table *table)
{
	return __atomic_add_fetch(&table->tickets, 1, __ATOMIC_RELAXED);
}

void
precedence_tell(
    struct worker_table *table, int slot, int proxy, uint64_t ticket)
{
	shared_store(&wish_of(table, slot, proxy)->first, ticket);
}

void
precedence_tell_any(struct worker_table *table, int proxy, uint64_t ticket)
{
	shared_store(&table->claimants[proxy].any, ticket);
}

void
precedence_decline(struct worker_table *table, int slot, int proxy,
    uint64_t ticket, uint64_t opened)
{
	struct wish *wish = wish_of(table, slot, proxy);

	shared_store(&wish->declined, ticket);
	shared_store(&wish->opened, opened);
}

uint64_t
precedence_declined(struct worker_table *table, int slot, int proxy)
{
	struct wish *wish = wish_of(table, slot, proxy);

	if (shared_load(&wish->opened) != precedence_opened(table, slot))
		return 0;
	return shared_load(&wish->declined);
}

static uint64_t
older(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

uint64_t
precedence_oldest(struct worker_table *table, int slot, int proxy)
{
	uint64_t first = shared_load(&wish_of(table, slot, proxy)->first);
	uint64_t any = shared_load(&table->claimants[proxy].any);
	uint64_t declined;

	if (first == 0)
		first = PRECEDENCE_NONE;
	if (any == 0)
		return first;
	declined = precedence_declined(table, slot, proxy);
	return older(first, any > declined ? any : declined);
}

uint64_t
precedence_opened(struct worker_table *table, int slot)
{
	return shared_load(&table->rooms[slot].opened);
}

uint64_t
precedence_freed(struct worker_table *table, int slot)
{
	return shared_load(&table->rooms[slot].freed);
}

uint64_t
precedence_openings(struct worker_table *table)
{
	return shared_load(&table->openings);
}

void
precedence_free(struct worker_table *table, int slot)
{
	worker_free(table, slot);
}
