/* Processes that die again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "back_off.h"

static void
who_has_lived_is_followed_at_once(void **state)
{
	(void)state;
	assert_int_equal(back_off_us(0), 0);
}

static void
a_first_quick_death_costs_less_than_the_promised_200_ms(void **state)
{
	(void)state;
	assert_true(back_off_us(1) < 200000);
}

static void
each_further_one_waits_twice_as_long(void **state)
{
	(void)state;
	for (unsigned deaths = 1; deaths < 5; deaths++)
		assert_int_equal(
		    back_off_us(deaths + 1), 2 * back_off_us(deaths));
}

static void
nobody_waits_longer_than_five_seconds(void **state)
{
	(void)state;
	assert_int_equal(back_off_us(7), 5000000);
	assert_int_equal(back_off_us(UINT32_MAX), 5000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_has_lived_is_followed_at_once),
	    cmocka_unit_test(
		a_first_quick_death_costs_less_than_the_promised_200_ms),
	    cmocka_unit_test(each_further_one_waits_twice_as_long),
	    cmocka_unit_test(nobody_waits_longer_than_five_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
