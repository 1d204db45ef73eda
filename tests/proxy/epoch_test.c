/* Proves src/proxy/epoch.c. */
#include "site.h"

static int
set_up(void **state)
{
	(void)state;
	site_default_config();
	if (site.gateway == NULL)
		site.gateway = gateway_new(8, 1);
	return 0;
}

static void
an_epoch_lives_as_long_as_somebody_holds_it(void **state)
{
	struct epoch *epoch = site_epoch(site_first_free, 7);

	(void)state;
	assert_int_equal(epoch->number, 7);
	assert_ptr_equal(epoch_hold(epoch), epoch);
	epoch_release(epoch);
	assert_int_equal(epoch->config->route_count, 1);
	assert_non_null(epoch->policy);
	epoch_release(epoch);
	epoch_release(NULL);
}

static void
a_retired_epoch_keeps_its_configuration_alone(void **state)
{
	struct epoch *epoch = site_epoch(site_first_free, 1);

	(void)state;
	epoch_retire(epoch);
	epoch_retire(NULL);
	assert_null(epoch->policy);
	assert_string_equal(epoch->config->routes[0].prefix, "/run/");
	epoch_release(epoch);
}

static void
a_policy_that_does_not_load_makes_no_epoch(void **state)
{
	struct generation_writer *writer = generation_writer_new();
	int fd = generation_file();
	char error[256] = "";

	(void)state;
	*generation_writer_config(writer) = site.config;
	generation_write_policy(writer, "test.lua", "return 1", 8, "{}");
	fixture_add_modules(writer, "gateway");
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	assert_null(epoch_new(fd, 1, site.gateway->workers, request_header,
	    request_answer_header, 1, error, sizeof(error)));
	assert_non_null(strstr(error, "test.lua"));
	assert_int_equal(close(fd), -1); /* it was closed all the same */
}

static void
what_is_no_generation_makes_no_epoch(void **state)
{
	int fd = generation_file();
	char error[256] = "";

	(void)state;
	assert_null(epoch_new(fd, 1, site.gateway->workers, request_header,
	    request_answer_header, 1, error, sizeof(error)));
	assert_string_not_equal(error, "");
	assert_int_equal(close(fd), -1);
}

#define test(name) cmocka_unit_test_setup(name, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    test(an_epoch_lives_as_long_as_somebody_holds_it),
	    test(a_retired_epoch_keeps_its_configuration_alone),
	    test(a_policy_that_does_not_load_makes_no_epoch),
	    test(what_is_no_generation_makes_no_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
