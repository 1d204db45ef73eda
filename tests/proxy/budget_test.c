/* Proves src/proxy/budget.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "budget.h"

/* How many retries it grants now. */
static int
spend_all(struct budget *budget)
{
	int count = 0;

	while (budget_spend(budget))
		count++;
	return count;
}

static void
retries_are_a_share_of_the_requests(void **state)
{
	struct budget budget = {.share = 0.25};

	(void)state;
	assert_false(budget_spend(&budget));
	for (int i = 0; i < 100; i++)
		budget_earn(&budget);
	assert_int_equal(spend_all(&budget), 25);
}

static void
little_traffic_may_be_retried(void **state)
{
	struct budget budget = {.share = 0.01, .saved = BUDGET_RESERVE};

	(void)state;
	budget_earn(&budget);
	assert_int_equal(spend_all(&budget), BUDGET_RESERVE);
}

static void
a_share_of_0_allows_none_and_keeps_what_is_saved(void **state)
{
	struct budget budget = {.share = 0, .saved = BUDGET_RESERVE};

	(void)state;
	budget_earn(&budget);
	assert_int_equal(spend_all(&budget), 0);
	budget.share = 0.01;
	assert_int_equal(spend_all(&budget), BUDGET_RESERVE);
}

static void
quiet_times_save_up_no_storm(void **state)
{
	struct budget budget = {.share = 1};

	(void)state;
	for (int i = 0; i < 100000; i++)
		budget_earn(&budget);
	assert_int_equal(spend_all(&budget), BUDGET_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(retries_are_a_share_of_the_requests),
	    cmocka_unit_test(little_traffic_may_be_retried),
	    cmocka_unit_test(a_share_of_0_allows_none_and_keeps_what_is_saved),
	    cmocka_unit_test(quiet_times_save_up_no_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
