/*
 * What each worker has used lately: a memory of names' hashes.  [proxies]
 *
 * Set-associative, as a processor's cache: a hash has WARMTH_WAYS places, the
 * one used longest ago is given up for a new name.  Several proxies write here
 * without a lock.  An entry is one word of 8 bytes, so it is never half of one
 * and half of another; what two writers at once may lose is one memory.
 */
#include "worker.h"

#include <string.h>

#include "clock.h"
#include "worker_table.h"

#define FNV_PRIME 16777619u

static struct warmth
read_entry(struct warmth *at)
{
	struct warmth entry;

	__atomic_load((uint64_t *)(void *)at, (uint64_t *)(void *)&entry,
	    __ATOMIC_RELAXED);
	return entry;
}

static void
write_entry(struct warmth *at, struct warmth entry)
{
	__atomic_store((uint64_t *)(void *)at, (uint64_t *)(void *)&entry,
	    __ATOMIC_RELAXED);
}

static struct warmth *
ways_of(struct worker_table *table, int slot, uint32_t hash)
{
	return &table->warmth[(size_t)slot * WARMTH_ENTRIES +
			      (hash & WARMTH_MASK)];
}

/* Never 0, which says that nothing was used. */
static uint32_t
now_seconds(void)
{
	uint32_t seconds = (uint32_t)(clock_now_us() / 1000000);

	return seconds > 0 ? seconds : 1;
}

void
worker_warm(struct worker_table *table, int slot, uint32_t hash)
{
	struct warmth *ways = ways_of(table, slot, hash);
	struct warmth *oldest = ways;
	struct warmth now = {.hash = hash, .used = now_seconds()};

	for (struct warmth *way = ways; way < ways + WARMTH_WAYS; way++) {
		struct warmth entry = read_entry(way);

		if (entry.hash == hash && entry.used != 0) {
			/* Most often known this second: leave the line be. */
			if (entry.used != now.used)
				write_entry(way, now);
			return;
		}
		if (entry.used < read_entry(oldest).used)
			oldest = way;
	}
	write_entry(oldest, now);
}

bool
worker_is_warm(
    struct worker_table *table, int slot, uint32_t hash, uint32_t for_seconds)
{
	struct warmth *ways = ways_of(table, slot, hash);

	for (struct warmth *way = ways; way < ways + WARMTH_WAYS; way++) {
		struct warmth entry = read_entry(way);

		if (entry.hash == hash && entry.used != 0)
			return now_seconds() - entry.used <= for_seconds;
	}
	return false;
}

/* FNV-1a (Fowler, Noll, Vo), 32 bits. */
static uint32_t
hash_from(uint32_t hash, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * FNV_PRIME;
	return hash;
}

uint32_t
worker_hash_function(const char *name, size_t len)
{
	return hash_from(2166136261u, name, len);
}

/* As if a NUL stood before the name, so a package is never taken for the
 * function of the same name: 84696351 is the hash of "\0". */
uint32_t
worker_hash_package(const char *name, size_t len)
{
	return hash_from(84696351u, name, len);
}
