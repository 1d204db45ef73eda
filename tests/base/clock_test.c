/* What src/base/clock.h promises. */
#include "clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

static void
the_time_stands_still_during_a_turn(void **state)
{
	uint64_t first, second;

	(void)state;
	clock_turn();
	first = clock_now_us();
	while (clock_read_us() == first)
		continue;
	second = clock_now_us();
	assert_int_equal(first, second);
}

static void
a_new_turn_reads_the_clock_again(void **state)
{
	uint64_t first;

	(void)state;
	clock_turn();
	first = clock_now_us();
	while (clock_read_us() == first)
		continue;
	clock_turn();
	assert_true(clock_now_us() > first);
}

static void
the_wall_clock_is_written_as_iso_8601(void **state)
{
	static const char shape[] = "0000-00-00T00:00:00.000Z";
	char text[CLOCK_TEXT];

	(void)state;
	clock_text(text);
	assert_int_equal(strlen(text), sizeof(shape) - 1);
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == '0')
			assert_in_range(text[i], '0', '9');
		else
			assert_int_equal(text[i], shape[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_time_stands_still_during_a_turn),
	    cmocka_unit_test(a_new_turn_reads_the_clock_again),
	    cmocka_unit_test(the_wall_clock_is_written_as_iso_8601),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
