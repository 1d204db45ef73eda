/* Clients and the descriptors they need. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "descriptors.h"

static void
each_client_has_room_for_a_worker_connection(void **state)
{
	(void)state;
	for (int files = 100; files < 2000; files += 37)
		assert_true(descriptors_fit(files, 50) * 2 + 50 <= files);
	assert_int_equal(descriptors_fit(1050, 50), 500);
}

static void
however_few_there_are_one_client_is_served(void **state)
{
	(void)state;
	assert_int_equal(descriptors_fit(0, 50), 1);
	assert_int_equal(descriptors_fit(53, 50), 1);
}

static void
no_limit_is_no_limit(void **state)
{
	(void)state;
	assert_int_equal(descriptors_fit(ULONG_MAX, 50), INT_MAX);
}

static void
what_is_configured_is_shared_by_the_proxies(void **state)
{
	struct gateway *gateway = gateway_new(1, 3);
	struct config config = {.limits.connections = 10};
	struct rlimit files = {1024, 1024};

	(void)state;
	setrlimit(RLIMIT_NOFILE, &files);
	assert_int_equal(descriptors_clients(gateway, &config), 4);
	config.limits.connections = 1000000;
	assert_in_range(descriptors_clients(gateway, &config), 400, 500);
	gateway_free(gateway);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_client_has_room_for_a_worker_connection),
	    cmocka_unit_test(however_few_there_are_one_client_is_served),
	    cmocka_unit_test(no_limit_is_no_limit),
	    cmocka_unit_test(what_is_configured_is_shared_by_the_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
