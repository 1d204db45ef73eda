/* Proves src/proxy/pool.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>
#include "clock.h"
#include "net.h"
#include "pool.h"

#define SECOND 1000000ull
#define COUNT 4

static struct counters counters;
static struct loop *loop;
static struct upstreams *upstreams;
static struct pool *pool;
static struct upstream *ups[COUNT];
static int listener, owner;

static void
on_connected(void *o)
{
	(void)o;
}

static void
on_idle_end(struct upstream *up)
{
	pool_drop(pool, up);
}

static const struct upstream_calls calls = {
    .on_connected = on_connected,
    .on_idle_end = on_idle_end,
};

/* Connections to two workers, two each, of which none lies in the pool yet. */
static int
set_up(void **state)
{
	struct address address;
	const char *reason;

	(void)state;
	clock_cached_us = 1000 * SECOND;
	loop = loop_new(&counters);
	upstreams = upstreams_new(loop, &calls, NULL);
	pool = pool_new(2);
	pool_configure(pool, 8, 30 * SECOND);
	assert_true(address_parse(&address, "127.0.0.1:0", &reason));
	listener = net_listen(&address, false);
	assert_true(net_local_address(listener, &address));
	for (int i = 0; i < COUNT; i++) {
		ups[i] = upstream_connect(upstreams, i / 2, &address, &owner);
		assert_non_null(ups[i]);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	pool_free(pool);
	for (int i = 0; i < COUNT; i++)
		upstream_close(ups[i]);
	upstreams_free(upstreams);
	loop_free(loop);
	close(listener);
	return 0;
}

/* Lies idle from now on. */
static void
give(int i)
{
	upstream_end(ups[i]);
	pool_give(pool, ups[i]);
}

static void
the_newest_is_taken_first(void **state)
{
	(void)state;
	give(0);
	give(1);
	assert_ptr_equal(pool_take(pool, 0), ups[1]);
	assert_ptr_equal(pool_take(pool, 0), ups[0]);
	assert_null(pool_take(pool, 0));
}

static void
each_worker_has_its_own(void **state)
{
	(void)state;
	give(0);
	give(2);
	assert_ptr_equal(pool_take(pool, 1), ups[2]);
	assert_null(pool_take(pool, 1));
	assert_ptr_equal(pool_take(pool, 0), ups[0]);
}

static void
the_oldest_goes_when_there_are_too_many(void **state)
{
	(void)state;
	pool_configure(pool, 1, 30 * SECOND);
	give(0);
	give(1);
	assert_ptr_equal(pool_take(pool, 0), ups[1]);
	assert_null(pool_take(pool, 0));
}

static void
a_pool_for_none_keeps_none(void **state)
{
	(void)state;
	pool_configure(pool, 0, 30 * SECOND);
	give(0);
	assert_null(pool_take(pool, 0));
}

static void
one_that_ends_is_given_to_nobody(void **state)
{
	(void)state;
	give(0);
	give(1);
	pool_drop(pool, ups[1]);
	assert_ptr_equal(pool_take(pool, 0), ups[0]);
	assert_null(pool_take(pool, 0));
}

static void
one_that_its_worker_closes_is_given_to_nobody(void **state)
{
	(void)state;
	give(0);
	for (int i = 0; i < COUNT; i++)
		close(accept(listener, NULL, NULL));
	event_base_loop(loop->base, EVLOOP_ONCE);
	assert_null(pool_take(pool, 0));
}

static void
those_of_a_worker_that_is_gone_are_closed(void **state)
{
	(void)state;
	give(0);
	give(1);
	give(2);
	pool_purge(pool, 0);
	assert_null(pool_take(pool, 0));
	assert_ptr_equal(pool_take(pool, 1), ups[2]);
}

static void
the_oldest_of_all_workers_is_shed(void **state)
{
	(void)state;
	give(2);
	clock_cached_us += SECOND;
	give(0);
	assert_true(pool_shed(pool));
	assert_null(pool_take(pool, 1));
	assert_true(pool_shed(pool));
	assert_null(pool_take(pool, 0));
	assert_false(pool_shed(pool));
}

static void
what_has_been_idle_for_too_long_is_closed(void **state)
{
	(void)state;
	give(0);
	clock_cached_us += 20 * SECOND;
	give(1);
	pool_expire(pool);
	clock_cached_us += 10 * SECOND;
	pool_expire(pool);
	assert_ptr_equal(pool_take(pool, 0), ups[1]);
	assert_null(pool_take(pool, 0));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(the_newest_is_taken_first),
	    test(each_worker_has_its_own),
	    test(the_oldest_goes_when_there_are_too_many),
	    test(a_pool_for_none_keeps_none),
	    test(one_that_ends_is_given_to_nobody),
	    test(one_that_its_worker_closes_is_given_to_nobody),
	    test(those_of_a_worker_that_is_gone_are_closed),
	    test(the_oldest_of_all_workers_is_shed),
	    test(what_has_been_idle_for_too_long_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
