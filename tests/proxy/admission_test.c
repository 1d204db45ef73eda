/* Proves src/proxy/admission.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>
#include "admission.h"
#include "clock.h"

static struct gateway *gateway;
static struct admission *queue;
static struct waiter waiters[8];

static int
set_up(void **state)
{
	struct config config = {.queue = {.size = 4}};

	(void)state;
	if (gateway == NULL)
		gateway = gateway_new(4, 2); /* once: it cannot be freed */
	queue = admission_new(gateway, 0);
	admission_configure(queue, &config);
	for (int i = 0; i < 8; i++)
		waiter_init(&waiters[i], i);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		admission_leave(queue, &waiters[i]);
	assert_true(admission_is_empty(queue));
	assert_int_equal(gateway->processes[1].queued, 0);
	assert_int_equal(gateway->processes[1].queued_since_us, 0);
	memset(&gateway->processes[2], 0, sizeof(gateway->processes[2]));
	admission_free(queue);
	return 0;
}

static void
the_oldest_that_may_use_a_place_is_next(void **state)
{
	(void)state;
	assert_true(admission_wait(queue, &waiters[0], 1));
	assert_true(admission_wait(queue, &waiters[1], WAIT_ANY));
	assert_true(admission_wait(queue, &waiters[2], 0));
	assert_ptr_equal(admission_next(queue, 0, 0), &waiters[1]);
	assert_ptr_equal(admission_next(queue, 1, 0), &waiters[0]);
	assert_ptr_equal(admission_next(queue, 2, 0), &waiters[1]);
	assert_ptr_equal(
	    admission_next(queue, 0, waiters[1].ticket), &waiters[2]);
	assert_null(admission_next(queue, 2, waiters[1].ticket));
	assert_ptr_equal(admission_oldest(queue), &waiters[0]);
}

static void
one_woken_in_vain_keeps_its_age(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(admission_wait(queue, &waiters[i], WAIT_ANY));
	assert_true(admission_wait(queue, &waiters[1], 2));
	assert_true(admission_wait(queue, &waiters[0], 2));
	assert_ptr_equal(admission_next(queue, 2, 0), &waiters[0]);
	assert_ptr_equal(
	    admission_next(queue, 2, waiters[0].ticket), &waiters[1]);
	assert_true(admission_wait(queue, &waiters[1], WAIT_ANY));
	assert_ptr_equal(admission_next(queue, 0, 0), &waiters[1]);
	assert_ptr_equal(
	    admission_next(queue, 0, waiters[1].ticket), &waiters[2]);
}

static void
the_bound_counts_the_requests_of_all_proxies(void **state)
{
	(void)state;
	gateway->processes[2].queued = 2;
	assert_true(admission_wait(queue, &waiters[0], WAIT_ANY));
	assert_true(admission_wait(queue, &waiters[1], WAIT_ANY));
	assert_false(admission_wait(queue, &waiters[2], WAIT_ANY));
	assert_true(admission_wait(queue, &waiters[0], 1)); /* is in already */
	gateway->processes[2].queued = 0;
	assert_true(admission_wait(queue, &waiters[2], WAIT_ANY));
}

static void
a_function_may_not_fill_the_queue(void **state)
{
	struct config config = {.queue = {.size = 8, .per_function = 1}};

	(void)state;
	admission_configure(queue, &config);
	waiter_init(&waiters[1], 0); /* the same function as waiters[0] */
	assert_true(admission_wait(queue, &waiters[0], WAIT_ANY));
	assert_false(admission_wait(queue, &waiters[1], WAIT_ANY));
	assert_true(admission_wait(queue, &waiters[2], WAIT_ANY));
	admission_leave(queue, &waiters[0]);
	assert_true(admission_wait(queue, &waiters[1], WAIT_ANY));
}

static void
a_proxy_that_waits_longer_is_woken(void **state)
{
	uint64_t count = 0;

	(void)state;
	admission_wake_others(queue, false);
	assert_int_equal(read(gateway->wake[1], &count, 8), -1);
	gateway->processes[2].queued_since_us = clock_now_us();
	admission_wake_others(queue, false);
	assert_int_equal(read(gateway->wake[1], &count, 8), 8);
	gateway->processes[2].queued_since_us = UINT64_MAX;
	assert_true(admission_wait(queue, &waiters[0], WAIT_ANY));
	admission_wake_others(queue, false);
	assert_int_equal(read(gateway->wake[1], &count, 8), -1);
	admission_wake_others(queue, true); /* ours could not use it */
	assert_int_equal(read(gateway->wake[1], &count, 8), 8);
	gateway->processes[2].queued_since_us = 0;
}

static int visited[8], visited_count;

/* Notes who is visited; some leave, and take others along. */
static void
visit(struct waiter *waiter)
{
	int i = (int)(waiter - waiters);

	visited[visited_count++] = i;
	if (i == 0)
		admission_leave(queue, &waiters[1]);
	if (i == 2)
		admission_leave(queue, &waiters[2]);
	if (i == 3) {
		assert_true(admission_wait(queue, &waiters[3], 1));
		assert_true(admission_wait(queue, &waiters[1], WAIT_ANY));
	}
}

static void
a_visit_copes_with_those_who_come_and_go(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(admission_wait(queue, &waiters[i], WAIT_ANY));
	visited_count = 0;
	admission_visit(queue, visit);
	assert_int_equal(visited_count, 3);
	assert_int_equal(visited[0], 0);
	assert_int_equal(visited[1], 2);
	assert_int_equal(visited[2], 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		the_oldest_that_may_use_a_place_is_next, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		one_woken_in_vain_keeps_its_age, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_bound_counts_the_requests_of_all_proxies, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_function_may_not_fill_the_queue, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_proxy_that_waits_longer_is_woken, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_visit_copes_with_those_who_come_and_go, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
