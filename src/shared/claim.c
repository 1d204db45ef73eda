/*
 * Places at workers: claimed, released, and taken back from the dead.
 * [proxies; the supervisor for worker_forget_proxy]
 *
 * A proxy keeps two records of each place it holds: the worker's `inflight`,
 * which all proxies share, and `inflight` of its own share.  It can be killed
 * between writing the one and the other, so it first makes its `sequence` odd
 * and says at which slot it is about to write:
 *
 *     claim:    sequence odd | inflight + 1 | share + 1    | sequence even
 *     release:  sequence odd | share - 1    | inflight - 1 | sequence even
 *
 * Of a proxy that died with an even sequence the shares are right.  If it died
 * with an odd one, they are right except at that one slot, where `inflight` may
 * be one too high (never too low: capacity holds meanwhile).  By how much, is
 * inflight minus the sum of all shares, read at a moment when no living proxy
 * is between its two records.  That moment is found as with a sequence lock:
 * all sequences even before, and the same ones after.  What the dead left
 * behind does not change, so the difference may be subtracted at any time
 * after.
 */
#include "worker.h"

#include <assert.h>
#include <sched.h>

#include "worker_table.h"

enum { SNAPSHOT_TRIES = 1000 };

static struct claimant *
begin(struct worker_table *table, int slot, int proxy)
{
	struct claimant *claimant = &table->claimants[proxy];

	claimant->slot = slot;
	__atomic_store_n(
	    &claimant->sequence, claimant->sequence + 1, __ATOMIC_RELEASE);
	return claimant;
}

static void
end(struct claimant *claimant)
{
	__atomic_store_n(
	    &claimant->sequence, claimant->sequence + 1, __ATOMIC_RELEASE);
}

/* The read-modify-write in the middle is sequentially consistent: what stands
 * before it is visible before it, what stands after it after. */
static bool
raise_inflight(struct worker *worker)
{
	int32_t now = shared_load(&worker->inflight);

	while (now < shared_load(&worker->capacity))
		if (__atomic_compare_exchange_n(&worker->inflight, &now,
			now + 1, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return true;
	return false;
}

static bool
is_full(struct worker *worker)
{
	return shared_load(&worker->inflight) >= shared_load(&worker->capacity);
}

/* It is opened before anybody can take the place, so that all know by then who
 * may want it; and after, when another proxy has filled it between.  Who came
 * between, and saw the opening but no room yet, is told that there is some. */
static void
lower_inflight(struct worker_table *table, int slot, int32_t by)
{
	struct worker *worker = worker_at(table, slot);
	bool was_full = is_full(worker);
	int32_t before;

	if (was_full)
		worker_open(table, slot);
	before = __atomic_fetch_sub(&worker->inflight, by, __ATOMIC_SEQ_CST);
	if (before < shared_load(&worker->capacity))
		return;
	if (was_full)
		worker_free(table, slot);
	else
		worker_open(table, slot);
}

bool
worker_claim(struct worker_table *table, int slot, int proxy)
{
	struct worker_share *share = worker_share(table, slot, proxy);
	struct claimant *claimant = begin(table, slot, proxy);
	bool claimed = raise_inflight(worker_at(table, slot));

	if (claimed)
		__atomic_store_n(
		    &share->inflight, share->inflight + 1, __ATOMIC_RELAXED);
	end(claimant);
	return claimed;
}

void
worker_release(struct worker_table *table, int slot, int proxy)
{
	struct worker_share *share = worker_share(table, slot, proxy);
	struct claimant *claimant = begin(table, slot, proxy);

	assert(share->inflight > 0);
	__atomic_store_n(
	    &share->inflight, share->inflight - 1, __ATOMIC_RELAXED);
	lower_inflight(table, slot, 1);
	end(claimant);
}

/* --- supervisor --- */

/* The sum of the living proxies' sequences; false when one of them is odd.
 * They only grow, so an equal sum means that none has moved. */
static bool
sum_sequences(struct worker_table *table, uint64_t *sum)
{
	*sum = 0;
	for (int proxy = 0; proxy < table->proxy_max; proxy++) {
		struct claimant *claimant = &table->claimants[proxy];
		uint32_t sequence = shared_load(&claimant->sequence);

		if (claimant->is_dead)
			continue;
		if (sequence & 1)
			return false;
		*sum += sequence;
	}
	return true;
}

/* By how much `inflight` exceeds all shares, dead ones included. */
static bool
read_excess(struct worker_table *table, int slot, int32_t *excess)
{
	uint64_t before, after;

	if (!sum_sequences(table, &before))
		return false;
	*excess = shared_load(&worker_at(table, slot)->inflight);
	for (int proxy = 0; proxy < table->proxy_max; proxy++)
		*excess -= shared_load(
		    &worker_share(table, slot, proxy)->inflight);
	return sum_sequences(table, &after) && before == after;
}

/* After this, `inflight` and the shares of all the dead agree at this slot. */
static bool
settle(struct worker_table *table, int slot)
{
	int32_t excess;
	int tries = 0;

	while (!read_excess(table, slot, &excess)) {
		if (++tries == SNAPSHOT_TRIES)
			return false;
		sched_yield();
	}
	lower_inflight(table, slot, excess);
	for (int proxy = 0; proxy < table->proxy_max; proxy++) {
		struct claimant *claimant = &table->claimants[proxy];

		if (claimant->is_dead && claimant->slot == slot)
			claimant->sequence += claimant->sequence & 1;
	}
	return true;
}

/* The dead want nothing any more. */
static void
forget_wishes(struct worker_table *table, int proxy)
{
	struct wish
	    *wishes = &table->wishes[(size_t)proxy * (size_t)table->worker_max];

	shared_store(&table->claimants[proxy].any, 0);
	for (int slot = 0; slot < table->worker_max; slot++)
		if (wishes[slot].first != 0)
			shared_store(&wishes[slot].first, 0);
}

bool
worker_forget_proxy(struct worker_table *table, int proxy)
{
	struct claimant *claimant = &table->claimants[proxy];

	claimant->is_dead = 1;
	if (claimant->sequence & 1 && !settle(table, claimant->slot))
		return false;
	for (int slot = 0; slot < table->worker_max; slot++) {
		struct worker_share *share = worker_share(table, slot, proxy);

		if (share->inflight == 0)
			continue;
		lower_inflight(table, slot, share->inflight);
		share->inflight = 0;
	}
	forget_wishes(table, proxy);
	worker_take_note(table, proxy, 0);
	claimant->is_dead = 0;
	return true;
}
