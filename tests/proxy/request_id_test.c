/* Proves src/proxy/request_id.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "request_id.h"

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, REQUEST_ID);
}

static void
ids_are_digits_and_none_comes_twice(void **state)
{
	static char ids[10000][REQUEST_ID];
	uint64_t counter = 1;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		request_id_make(&counter, ids[i]);
		for (int j = 0; j < REQUEST_ID; j++)
			assert_non_null(memchr("0123456789abcdef", ids[i][j],
			    sizeof("0123456789abcdef") - 1));
	}
	qsort(ids, 10000, REQUEST_ID, compare);
	for (int i = 1; i < 10000; i++)
		assert_memory_not_equal(ids[i - 1], ids[i], REQUEST_ID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_digits_and_none_comes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
