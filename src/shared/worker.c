/*
 * Who is a worker: the rows, and the number that says they changed.
 * [every process; control writes]
 *
 * A row goes FREE -> STARTING -> UP <-> DOWN -> REMOVED -> FREE, and may be
 * EJECTED where it would be UP.  Another worker gets it only when it is FREE,
 * and it becomes FREE only when nothing is in flight there and every proxy has
 * noted a membership without it.  The same url gets it back before: a url never
 * has two rows, so what it has in flight counts whoever sent it.
 */
#include "worker.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "log.h"
#include "worker_table.h"

enum { CACHE_LINE = 64, ADDRESS_TRIES = 10000 };

/* Takes `size` bytes, and what follows begins on a cache line of its own. */
static size_t
reserve(size_t *total, size_t count, size_t size)
{
	size_t offset = *total;
	size_t bytes = count * size;

	*total += (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	return offset;
}

/* Most of the largest table is never touched, so it is never really there. */
static char *
map_shared(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		fatal("cannot share %zu bytes of memory: %m", size);
	return memory;
}

struct worker_table *
worker_table_new(int worker_max, int proxy_max)
{
	size_t workers = (size_t)worker_max, proxies = (size_t)proxy_max;
	size_t size = 0;
	struct worker_table *table;
	char *memory;

	assert(worker_max > 0 && proxy_max > 0);
	reserve(&size, 1, sizeof(*table));
	size_t rows_at = reserve(&size, workers, sizeof(struct worker));
	size_t claimants_at = reserve(&size, proxies, sizeof(struct claimant));
	size_t removed_at = reserve(&size, workers, sizeof(uint32_t));
	size_t rooms_at = reserve(&size, workers, sizeof(struct room));
	size_t wishes_at = reserve(
	    &size, workers * proxies, sizeof(struct wish));
	size_t conducts_at = reserve(&size, workers, sizeof(struct conduct));
	size_t identities_at = reserve(
	    &size, workers, sizeof(struct worker_identity));
	size_t shares_at = reserve(
	    &size, workers * proxies, sizeof(struct worker_share));
	size_t warmth_at = reserve(
	    &size, workers, WARMTH_ENTRIES * sizeof(struct warmth));

	memory = map_shared(size);
	table = (void *)memory;
	table->worker_max = worker_max;
	table->proxy_max = proxy_max;
	table->membership = 1;
	table->workers = (void *)(memory + rows_at);
	table->claimants = (void *)(memory + claimants_at);
	table->removed_at = (void *)(memory + removed_at);
	table->rooms = (void *)(memory + rooms_at);
	table->wishes = (void *)(memory + wishes_at);
	table->conducts = (void *)(memory + conducts_at);
	table->identities = (void *)(memory + identities_at);
	table->shares = (void *)(memory + shares_at);
	table->warmth = (void *)(memory + warmth_at);
	for (int slot = 0; slot < worker_max; slot++) {
		table->workers[slot].slot = slot;
		worker_open(table, slot); /* wishes of zeros decline nothing */
	}
	return table;
}

int
worker_max(const struct worker_table *table)
{
	return table->worker_max;
}

struct worker *
worker_at(struct worker_table *table, int slot)
{
	assert(slot >= 0 && slot < table->worker_max);
	return &table->workers[slot];
}

struct worker *
worker_rows(struct worker_table *table)
{
	return table->workers;
}

struct worker_identity *
worker_identity(struct worker_table *table, int slot)
{
	assert(slot >= 0 && slot < table->worker_max);
	return &table->identities[slot];
}

struct worker_share *
worker_share(struct worker_table *table, int slot, int proxy)
{
	assert(slot >= 0 && slot < table->worker_max);
	assert(proxy >= 0 && proxy < table->proxy_max);
	return &table->shares[(size_t)proxy * (size_t)table->worker_max +
			      (size_t)slot];
}

bool
worker_is_available(const struct worker *worker)
{
	return shared_load(&worker->state) == WORKER_UP &&
	       shared_load(&worker->draining) == 0;
}

/* --- what was sent there --- */

void
worker_count(
    struct worker_table *table, int slot, int proxy, bool failed, uint64_t us)
{
	struct worker *worker = worker_at(table, slot);
	struct worker_share *share = worker_share(table, slot, proxy);
	double before, after, ms = (double)us / 1000;

	if (failed) {
		/* No latency: failing fast must not look attractive. */
		share->failed++;
		__atomic_fetch_add(&worker->failures, 1, __ATOMIC_RELAXED);
		return;
	}
	share->served++;
	histogram_add(&share->latency, us);
	/* A gain of 1/8, as TCP smooths its round trips (RFC 6298).  Two
	 * proxies at once may lose one of the samples, never tear the value. */
	__atomic_load(&worker->latency_ms, &before, __ATOMIC_RELAXED);
	after = before == 0 ? ms : before + (ms - before) / 8;
	__atomic_store(&worker->latency_ms, &after, __ATOMIC_RELAXED);
}

void
worker_set_utilization(struct worker_table *table, int slot, double utilization)
{
	__atomic_store(&worker_at(table, slot)->utilization, &utilization,
	    __ATOMIC_RELAXED);
}

void
worker_did_well(struct worker_table *table, int slot)
{
	int32_t *failures = &worker_at(table, slot)->failures;

	if (__atomic_load_n(failures, __ATOMIC_RELAXED) != 0)
		__atomic_store_n(failures, 0, __ATOMIC_RELAXED);
}

double
worker_served(struct worker_table *table, int slot)
{
	uint64_t sum = 0;

	for (int proxy = 0; proxy < table->proxy_max; proxy++)
		sum += worker_share(table, slot, proxy)->served;
	return (double)sum;
}

double
worker_failed(struct worker_table *table, int slot)
{
	uint64_t sum = 0;

	for (int proxy = 0; proxy < table->proxy_max; proxy++)
		sum += worker_share(table, slot, proxy)->failed;
	return (double)sum;
}

void
worker_latency(struct worker_table *table, int slot, struct histogram *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (int proxy = 0; proxy < table->proxy_max; proxy++)
		histogram_merge(
		    sum, &worker_share(table, slot, proxy)->latency);
}

/* --- addresses --- */

/* Odd while it writes.  If control died in between, the address stays unknown
 * until its successor sets it. */
void
worker_set_address(
    struct worker_table *table, int slot, const struct address *address)
{
	struct worker_identity *identity = worker_identity(table, slot);
	uint32_t writing = shared_load(&identity->address_version) | 1;

	shared_store(&identity->address_version, writing);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy(&identity->address, address, sizeof(*address));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	shared_store(&identity->address_version, writing + 1);
}

bool
worker_address(struct worker_table *table, int slot, struct address *address)
{
	struct worker_identity *identity = worker_identity(table, slot);

	for (int i = 0; i < ADDRESS_TRIES; i++) {
		uint32_t version = shared_load(&identity->address_version);

		if (version & 1)
			continue;
		memcpy(address, &identity->address, sizeof(*address));
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (shared_load(&identity->address_version) == version)
			return address->len > 0;
	}
	return false;
}

/* --- membership --- */

uint32_t
worker_membership(const struct worker_table *table)
{
	return shared_load(&table->membership);
}

void
worker_take_note(struct worker_table *table, int proxy, uint32_t membership)
{
	shared_store(&table->claimants[proxy].noted, membership);
}

void
worker_publish(struct worker_table *table)
{
	uint32_t next = shared_load(&table->membership) + 1;

	for (int slot = 0; slot < table->worker_max; slot++)
		worker_open(table, slot); /* whatever changed */
	shared_store(&table->membership, next == 0 ? 1 : next);
}

uint32_t
worker_generation(const struct worker_table *table)
{
	return shared_load(&table->generation);
}

void
worker_set_generation(struct worker_table *table, uint32_t number)
{
	shared_store(&table->generation, number);
}

/* The numbers may wrap around, so they are compared by their distance. */
static bool
is_noted(const struct worker_table *table, uint32_t membership)
{
	for (int proxy = 0; proxy < table->proxy_max; proxy++) {
		uint32_t noted = shared_load(&table->claimants[proxy].noted);

		if (noted != 0 && (int32_t)(noted - membership) < 0)
			return false;
	}
	return true;
}

void
worker_sweep(struct worker_table *table)
{
	for (int slot = 0; slot < table->worker_max; slot++) {
		struct worker *worker = worker_at(table, slot);

		if (worker->state == WORKER_REMOVED &&
		    is_noted(table, table->removed_at[slot]) &&
		    shared_load(&worker->inflight) == 0)
			shared_store(&worker->state, WORKER_FREE);
	}
}

static int
find_free(struct worker_table *table)
{
	for (int slot = 0; slot < table->worker_max; slot++)
		if (worker_at(table, slot)->state == WORKER_FREE)
			return slot;
	return -1;
}

/* Nobody else looks at a row that is FREE, so control may clear the words that
 * are otherwise the proxies'.  What was never used is clear already. */
static void
clear_row(struct worker_table *table, int slot)
{
	struct worker *worker = worker_at(table, slot);
	struct worker_identity *identity = worker_identity(table, slot);
	struct address none = {.len = 0};

	assert(worker->inflight == 0);
	worker_set_address(table, slot, &none);
	identity->ejected_for_us = 0;
	identity->ejections = 0;
	worker->latency_ms = 0;
	worker->utilization = 0;
	if (worker->version == 0)
		return;
	memset(&table->conducts[slot], 0, sizeof(*table->conducts));
	for (int proxy = 0; proxy < table->proxy_max; proxy++)
		memset(worker_share(table, slot, proxy), 0,
		    sizeof(struct worker_share));
	memset(&table->warmth[(size_t)slot * WARMTH_ENTRIES], 0,
	    WARMTH_ENTRIES * sizeof(struct warmth));
}

int
worker_find_row(struct worker_table *table, const char *url)
{
	for (int slot = 0; slot < table->worker_max; slot++)
		if (worker_at(table, slot)->state != WORKER_FREE &&
		    strcmp(worker_identity(table, slot)->url, url) == 0)
			return slot;
	return -1;
}

/* The row that the url has from before it was removed, as it is, or one that is
 * FREE; -1: none. */
static int
take_row(struct worker_table *table, const char *url)
{
	int slot = worker_find_row(table, url);

	assert(slot == -1 || worker_at(table, slot)->state == WORKER_REMOVED);
	if (slot != -1)
		return slot;
	slot = find_free(table);
	if (slot != -1)
		clear_row(table, slot);
	return slot;
}

int
worker_add(struct worker_table *table, const char *name, const char *url,
    const char *host, int port, double weight, int capacity, bool from_config)
{
	int slot = take_row(table, url);
	struct worker_identity *identity;

	if (slot == -1)
		return -1;
	identity = worker_identity(table, slot);
	snprintf(identity->name, sizeof(identity->name), "%s", name);
	snprintf(identity->url, sizeof(identity->url), "%s", url);
	snprintf(identity->host, sizeof(identity->host), "%s", host);
	identity->port = port;
	identity->from_config = from_config;
	identity->weight = weight;
	worker_set_ramp(table, slot, 1);
	worker_at(table, slot)->version++;
	worker_at(table, slot)->draining = 0;
	worker_at(table, slot)->capacity = capacity;
	worker_set_state(table, slot, WORKER_STARTING, "not checked yet");
	return slot;
}

void
worker_remove(struct worker_table *table, int slot)
{
	table->removed_at[slot] = shared_load(&table->membership) + 1;
	worker_set_state(table, slot, WORKER_REMOVED, "removed");
}

void
worker_set_state(struct worker_table *table, int slot, enum worker_state state,
    const char *reason)
{
	struct worker_identity *identity = worker_identity(table, slot);

	snprintf(identity->reason, sizeof(identity->reason), "%s", reason);
	identity->changed_us = clock_now_us();
	if (state == WORKER_UP) {
		shared_store(&worker_at(table, slot)->failures, 0);
		shared_store(&table->conducts[slot].count, 0);
	}
	shared_store(&worker_at(table, slot)->state, (int32_t)state);
}

/* Proxies read it at any time: it is stored in one piece. */
void
worker_set_ramp(struct worker_table *table, int slot, double ramp)
{
	struct worker_identity *identity = worker_identity(table, slot);
	double weight = identity->weight * ramp;

	identity->ramp = ramp;
	__atomic_store(
	    &worker_at(table, slot)->weight, &weight, __ATOMIC_RELAXED);
}

void
worker_set_weight(struct worker_table *table, int slot, double weight)
{
	struct worker_identity *identity = worker_identity(table, slot);

	identity->weight = weight;
	worker_set_ramp(table, slot, identity->ramp);
}

const char *
worker_authority(struct worker_table *table, int slot)
{
	static const char scheme[] = "http://";
	const char *url = worker_identity(table, slot)->url;
	size_t len = sizeof(scheme) - 1;

	return strncmp(url, scheme, len) == 0 ? url + len : "localhost";
}

int
worker_find(struct worker_table *table, const char *name_or_url)
{
	for (int slot = 0; slot < table->worker_max; slot++) {
		const struct worker_identity *identity = worker_identity(
		    table, slot);
		int32_t state = worker_at(table, slot)->state;

		if (state == WORKER_FREE || state == WORKER_REMOVED)
			continue;
		if (strcmp(identity->name, name_or_url) == 0 ||
		    strcmp(identity->url, name_or_url) == 0)
			return slot;
	}
	return -1;
}
