/* Rows of failures told apart.  [proxies write, control reads] */
#include "conduct.h"

#include "clock.h"
#include "worker_table.h"

static uint32_t
get(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* A word that stays as it is stays in the caches of the others. */
static void
put(uint32_t *word, uint32_t value)
{
	if (get(word) != value)
		__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static uint32_t
this_second(void)
{
	return (uint32_t)(clock_now_us() / 1000000) + 1; /* 0: never */
}

void
conduct_failed(struct worker_table *table, int slot, uint32_t func)
{
	struct conduct *conduct = &table->conducts[slot];
	bool goes_on = get(&conduct->func) == func;

	put(&conduct->count, goes_on ? get(&conduct->count) + 1 : 1);
	put(&conduct->func, func);
}

void
conduct_did_well(struct worker_table *table, int slot, uint32_t func)
{
	struct conduct *conduct = &table->conducts[slot];

	put(&conduct->count, 0);
	if (get(&conduct->good[0]) != func) {
		put(&conduct->good[1], get(&conduct->good[0]));
		put(&conduct->at[1], get(&conduct->at[0]));
		put(&conduct->good[0], func);
	}
	put(&conduct->at[0], this_second());
}

static bool
was_within(uint32_t at, uint64_t us)
{
	return at != 0 && this_second() - at <= us / 1000000;
}

bool
conduct_is_silent(struct worker_table *table, int slot, uint64_t for_us)
{
	uint64_t since_us = worker_identity(table, slot)->changed_us;

	return worker_is_available(worker_at(table, slot)) &&
	       clock_now_us() - since_us >= for_us &&
	       !was_within(get(&table->conducts[slot].at[0]), for_us);
}

bool
conduct_is_excused(struct worker_table *table, int slot, uint64_t within_us)
{
	const struct conduct *conduct = &table->conducts[slot];
	int32_t failures = __atomic_load_n(
	    &worker_at(table, slot)->failures, __ATOMIC_RELAXED);
	uint32_t count = get(&conduct->count);
	int other = get(&conduct->good[0]) == get(&conduct->func);

	return failures > 0 && count >= (uint32_t)failures &&
	       was_within(get(&conduct->at[other]), within_us);
}
