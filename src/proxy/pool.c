/* Idle connections to the workers.  [proxies] */
#include "pool.h"

#include <stdlib.h>
#include "clock.h"
#include "xmalloc.h"

struct shelf {
	struct list idle; /* newest first */
	int count;
};

struct pool {
	int workers;
	int idle_max;
	uint64_t idle_us;
	struct shelf shelves[]; /* by slot */
};

struct pool *
pool_new(int workers)
{
	struct pool *pool = xcalloc(
	    1, sizeof(*pool) + workers * sizeof(pool->shelves[0]));

	pool->workers = workers;
	for (int i = 0; i < workers; i++)
		list_init(&pool->shelves[i].idle);
	return pool;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < pool->workers; i++)
		pool_purge(pool, i);
	free(pool);
}

void
pool_configure(struct pool *pool, int idle_max, uint64_t idle_us)
{
	pool->idle_max = idle_max;
	pool->idle_us = idle_us;
}

struct upstream *
pool_take(struct pool *pool, int slot)
{
	struct shelf *shelf = &pool->shelves[slot];
	struct link *newest = shelf->idle.head.next;

	if (shelf->count == 0)
		return NULL;
	list_remove(newest);
	shelf->count--;
	return upstream_of_link(newest);
}

static struct upstream *
shelf_oldest(struct shelf *shelf)
{
	if (shelf->count == 0)
		return NULL;
	return upstream_of_link(shelf->idle.head.prev);
}

void
pool_drop(struct pool *pool, struct upstream *up)
{
	pool->shelves[upstream_slot(up)].count--;
	upstream_close(up);
}

void
pool_give(struct pool *pool, struct upstream *up)
{
	struct shelf *shelf = &pool->shelves[upstream_slot(up)];

	list_prepend(&shelf->idle, upstream_link(up));
	shelf->count++;
	if (shelf->count > pool->idle_max)
		pool_drop(pool, shelf_oldest(shelf));
}

void
pool_purge(struct pool *pool, int slot)
{
	while (pool->shelves[slot].count > 0)
		pool_drop(pool, shelf_oldest(&pool->shelves[slot]));
}

bool
pool_shed(struct pool *pool)
{
	struct upstream *oldest = NULL, *up;

	for (int i = 0; i < pool->workers; i++) {
		up = shelf_oldest(&pool->shelves[i]);
		if (up != NULL &&
		    (oldest == NULL || upstream_idle_since_us(up) <
					   upstream_idle_since_us(oldest)))
			oldest = up;
	}
	if (oldest == NULL)
		return false;
	pool_drop(pool, oldest);
	return true;
}

static bool
is_old(const struct pool *pool, const struct upstream *up)
{
	return clock_now_us() - upstream_idle_since_us(up) >= pool->idle_us;
}

void
pool_expire(struct pool *pool)
{
	for (int i = 0; i < pool->workers; i++) {
		struct shelf *shelf = &pool->shelves[i];
		struct upstream *up;

		while ((up = shelf_oldest(shelf)) != NULL && is_old(pool, up))
			pool_drop(pool, up);
	}
}
