/* Functions that are closed at a worker for a moment.  [proxies] */
#include "closed.h"

#include <stdbool.h>
#include <stdlib.h>

#include "clock.h"
#include "xmalloc.h"

struct entry {
	uint32_t func_hash;
	int slot;
	uint64_t until_us;
};

struct closed {
	struct entry entries[CLOSED_MAX]; /* a ring */
	unsigned first, count;
};

struct closed *
closed_new(void)
{
	return xcalloc(1, sizeof(struct closed));
}

void
closed_free(struct closed *closed)
{
	free(closed);
}

static struct entry *
entry_at(struct closed *closed, unsigned i)
{
	return &closed->entries[(closed->first + i) % CLOSED_MAX];
}

static void
drop_oldest(struct closed *closed)
{
	closed->first = (closed->first + 1) % CLOSED_MAX;
	closed->count--;
}

static void
drop_opened(struct closed *closed)
{
	uint64_t now_us = clock_now_us();

	while (closed->count > 0 && entry_at(closed, 0)->until_us <= now_us)
		drop_oldest(closed);
}

static bool
is_closed(struct closed *closed, uint32_t func_hash, int slot)
{
	for (unsigned i = 0; i < closed->count; i++) {
		const struct entry *entry = entry_at(closed, i);

		if (entry->func_hash == func_hash && entry->slot == slot)
			return true;
	}
	return false;
}

void
closed_add(
    struct closed *closed, uint32_t func_hash, int slot, uint64_t until_us)
{
	drop_opened(closed);
	if (is_closed(closed, func_hash, slot))
		return;
	if (closed->count == CLOSED_MAX)
		drop_oldest(closed);
	*entry_at(closed, closed->count++) = (struct entry){
	    .func_hash = func_hash, .slot = slot, .until_us = until_us};
}

int
closed_mark(
    struct closed *closed, uint32_t func_hash, uint8_t *by_slot, uint8_t value)
{
	int marked = 0;

	if (value != 0)
		drop_opened(closed); /* all that is marked is unmarked */
	for (unsigned i = 0; i < closed->count; i++) {
		const struct entry *entry = entry_at(closed, i);

		if (entry->func_hash != func_hash)
			continue;
		by_slot[entry->slot] = value;
		marked++;
	}
	return marked;
}
