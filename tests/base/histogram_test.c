/* What src/base/histogram.h promises. */
#include "histogram.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#define HOUR_US 3600000000u

/* The upper limit of the one bucket that a value falls in. */
static uint64_t
upper_of(uint64_t us)
{
	struct histogram histogram;

	memset(&histogram, 0, sizeof(histogram));
	histogram_add(&histogram, us);
	return histogram_quantile(&histogram, 1);
}

static void
small_values_are_exact(void **state)
{
	(void)state;
	for (uint64_t us = 0; us < 16; us++)
		assert_int_equal(upper_of(us), us);
}

static void
every_value_up_to_an_hour_is_within_an_eighth(void **state)
{
	(void)state;
	for (uint64_t us = 1; us <= HOUR_US; us += 1 + us / 100) {
		assert_true(upper_of(us) >= us);
		assert_true((upper_of(us) - us) * 8 <= us);
	}
	assert_true(upper_of(HOUR_US) < HOUR_US + HOUR_US / 8);
}

static void
limits_of_buckets_rise(void **state)
{
	(void)state;
	for (int i = 1; i < HISTOGRAM_BUCKETS; i++) {
		assert_true(histogram_upper_us(i) > histogram_upper_us(i - 1));
		assert_int_equal(
		    upper_of(histogram_upper_us(i)), histogram_upper_us(i));
		assert_int_equal(upper_of(histogram_upper_us(i - 1) + 1),
		    histogram_upper_us(i));
	}
}

static void
what_is_too_long_falls_in_the_last_bucket(void **state)
{
	(void)state;
	assert_int_equal(
	    upper_of(UINT64_MAX), histogram_upper_us(HISTOGRAM_BUCKETS - 1));
}

static void
an_empty_histogram_has_quantiles_of_zero(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	assert_int_equal(histogram_quantile(&histogram, 0), 0);
	assert_int_equal(histogram_quantile(&histogram, 0.5), 0);
	assert_int_equal(histogram_quantile(&histogram, 1), 0);
}

static void
quantiles_split_the_values(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	for (uint64_t us = 1; us <= 10; us++)
		histogram_add(&histogram, us);
	assert_int_equal(histogram_quantile(&histogram, 0), 1);
	assert_int_equal(histogram_quantile(&histogram, 0.1), 1);
	assert_int_equal(histogram_quantile(&histogram, 0.5), 5);
	assert_int_equal(histogram_quantile(&histogram, 0.51), 6);
	assert_int_equal(histogram_quantile(&histogram, 1), 10);
}

static void
merging_adds_what_both_counted(void **state)
{
	struct histogram a = {0}, b = {0};

	(void)state;
	histogram_add(&a, 1);
	histogram_add(&b, 2);
	histogram_add(&b, 1000);
	histogram_merge(&a, &b);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.sum_us, 1003);
	assert_int_equal(histogram_quantile(&a, 0.5), 2);
	assert_int_equal(histogram_quantile(&a, 1), upper_of(1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(small_values_are_exact),
	    cmocka_unit_test(every_value_up_to_an_hour_is_within_an_eighth),
	    cmocka_unit_test(limits_of_buckets_rise),
	    cmocka_unit_test(what_is_too_long_falls_in_the_last_bucket),
	    cmocka_unit_test(an_empty_histogram_has_quantiles_of_zero),
	    cmocka_unit_test(quantiles_split_the_values),
	    cmocka_unit_test(merging_adds_what_both_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
