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
#include "precedence.h"

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

static struct waiter *
next_for(int slot)
{
	return admission_next(
	    queue, slot, precedence_opened(gateway->workers, slot));
}

/* As the policy is asked about it. */
static void
ask(struct waiter *waiter)
{
	waiter->seen = precedence_openings(gateway->workers);
}

static void
the_oldest_that_may_use_a_place_is_next(void **state)
{
	(void)state;
	assert_true(admission_wait(queue, &waiters[0], 1));
	assert_true(admission_wait(queue, &waiters[1], WAITER_ANY));
	assert_true(admission_wait(queue, &waiters[2], 0));
	assert_ptr_equal(next_for(0), &waiters[1]);
	assert_ptr_equal(next_for(1), &waiters[0]);
	assert_ptr_equal(next_for(2), &waiters[1]);
	ask(&waiters[1]);
	assert_ptr_equal(next_for(0), &waiters[2]);
	assert_null(next_for(2));
	assert_ptr_equal(admission_oldest(queue), &waiters[0]);
}

static void
one_woken_in_vain_keeps_its_age(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(admission_wait(queue, &waiters[i], WAITER_ANY));
	assert_true(admission_wait(queue, &waiters[1], 2));
	assert_true(admission_wait(queue, &waiters[0], 2));
	assert_ptr_equal(next_for(2), &waiters[0]);
	assert_true(admission_wait(queue, &waiters[0], 1));
	assert_ptr_equal(next_for(2), &waiters[1]);
	assert_true(admission_wait(queue, &waiters[1], WAITER_ANY));
	assert_ptr_equal(next_for(0), &waiters[1]);
	ask(&waiters[1]);
	assert_ptr_equal(next_for(0), &waiters[2]);
}

static void
who_has_declined_is_asked_again_when_room_comes(void **state)
{
	(void)state;
	assert_true(admission_wait(queue, &waiters[0], WAITER_ANY));
	ask(&waiters[0]);
	assert_null(next_for(0));
	precedence_free(gateway->workers, 0);
	assert_ptr_equal(next_for(0), &waiters[0]);
	assert_null(next_for(1));
	admission_give_up(queue, 0);
	assert_null(next_for(0));
	precedence_free(gateway->workers, 0);
	assert_ptr_equal(next_for(0), &waiters[0]);
}

static void
who_was_only_outrun_is_still_next(void **state)
{
	(void)state;
	assert_true(admission_wait(queue, &waiters[0], WAITER_ANY));
	ask(&waiters[0]);
	assert_null(next_for(0));
	admission_want(queue, &waiters[0], 0);
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), 0);
	assert_ptr_equal(next_for(0), &waiters[0]);
	assert_null(next_for(1));
}

static void
the_bound_counts_the_requests_of_all_proxies(void **state)
{
	(void)state;
	gateway->processes[2].queued = 2;
	assert_true(admission_wait(queue, &waiters[0], WAITER_ANY));
	assert_true(admission_wait(queue, &waiters[1], WAITER_ANY));
	assert_false(admission_wait(queue, &waiters[2], WAITER_ANY));
	assert_true(admission_wait(queue, &waiters[0], 1)); /* is in already */
	gateway->processes[2].queued = 0;
	assert_true(admission_wait(queue, &waiters[2], WAITER_ANY));
}

static void
a_function_may_not_fill_the_queue(void **state)
{
	struct config config = {.queue = {.size = 8, .per_function = 1}};

	(void)state;
	admission_configure(queue, &config);
	waiter_init(&waiters[1], 0); /* the same function as waiters[0] */
	assert_true(admission_wait(queue, &waiters[0], WAITER_ANY));
	assert_false(admission_wait(queue, &waiters[1], WAITER_ANY));
	assert_true(admission_wait(queue, &waiters[2], WAITER_ANY));
	admission_leave(queue, &waiters[0]);
	assert_true(admission_wait(queue, &waiters[1], WAITER_ANY));
}

/* Somebody waits in the other proxy, with this ticket. */
static void
other_waits(uint64_t ticket)
{
	gateway->processes[2].queued = ticket != 0;
	gateway->processes[2].heartbeat_us = clock_now_us();
	precedence_tell_any(gateway->workers, 1, ticket);
}

static void
the_turn_is_the_oldests_in_whatever_proxy(void **state)
{
	uint64_t ours;

	(void)state;
	assert_true(admission_is_idle(queue));
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), -1);
	other_waits(precedence_ticket(gateway->workers));
	assert_false(admission_is_idle(queue));
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), 1);
	assert_true(admission_must_wait(queue, &waiters[0], 0));
	assert_true(admission_wait(queue, &waiters[0], WAITER_ANY));
	assert_true(admission_must_wait(queue, &waiters[0], 0));
	ours = waiters[0].ticket;
	other_waits(ours + 1);
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), 0);
	assert_int_equal(admission_turn(queue, 0, ours), -1);
	assert_false(admission_must_wait(queue, &waiters[0], 0));
	assert_true(admission_must_wait(queue, &waiters[1], 0));
	other_waits(0);
}

static void
who_declines_a_place_leaves_it_to_others_until_it_is_opened(void **state)
{
	struct worker_table *table = gateway->workers;

	(void)state;
	other_waits(precedence_ticket(table));
	precedence_decline(
	    table, 0, 1, PRECEDENCE_NONE, precedence_opened(table, 0));
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), -1);
	assert_int_equal(admission_turn(queue, 1, PRECEDENCE_NONE), 1);
	worker_publish(table);
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), 1);
	other_waits(0);
}

static void
a_proxy_that_stands_still_is_not_waited_for(void **state)
{
	(void)state;
	other_waits(precedence_ticket(gateway->workers));
	gateway->processes[2].heartbeat_us -= 10000000;
	assert_int_equal(admission_turn(queue, 0, PRECEDENCE_NONE), -1);
	other_waits(0);
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
		assert_true(admission_wait(queue, &waiters[1], WAITER_ANY));
	}
}

static void
a_visit_copes_with_those_who_come_and_go(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(admission_wait(queue, &waiters[i], WAITER_ANY));
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
		who_has_declined_is_asked_again_when_room_comes, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		who_was_only_outrun_is_still_next, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_bound_counts_the_requests_of_all_proxies, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_function_may_not_fill_the_queue, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_turn_is_the_oldests_in_whatever_proxy, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_declines_a_place_leaves_it_to_others_until_it_is_opened,
		set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_proxy_that_stands_still_is_not_waited_for, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_visit_copes_with_those_who_come_and_go, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
