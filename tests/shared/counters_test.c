/* The table that metrics and status are printed from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "counters.h"

/* All words before the histograms are counters. */
static void
every_counter_has_a_row_in_order_and_a_sentence(void **state)
{
	(void)state;
	for (int i = 0; i < counter_row_count; i++) {
		const struct counter_row *row = &counter_rows[i];

		assert_int_equal(row->offset, (size_t)i * sizeof(uint64_t));
		assert_int_equal(row->help[strlen(row->help) - 1], '.');
	}
	assert_int_equal((size_t)counter_row_count * sizeof(uint64_t),
	    offsetof(struct counters, pick_time));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_counter_has_a_row_in_order_and_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
