/* What src/control/orders.h promises: what Lua has checked arrives whole. */
#include "orders.h"

#include <stdlib.h>

#include "fixture.h"

static struct orders *orders;
static struct order order;
static char error[ORDER_ERROR];

static int
make(void **state)
{
	(void)state;
	orders = orders_new(NULL, 0);
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	orders_free(orders);
	return 0;
}

static bool
read_order(const char *kind, const char *text)
{
	return orders_read(orders, kind, text, strlen(text), &order, error);
}

static void
a_worker_arrives_whole(void **state)
{
	(void)state;
	assert_true(read_order(
	    "add", "{\"url\":\"http://h:8\",\"weight\":2.5,\"capacity\":3}"));
	assert_string_equal(order.worker.name, "h:8");
	assert_string_equal(order.worker.url, "http://h:8");
	assert_string_equal(order.worker.host, "h");
	assert_int_equal(order.worker.port, 8);
	assert_true(order.worker.weight == 2.5);
	assert_int_equal(order.worker.capacity, 3);
}

static void
a_capacity_of_0_is_any(void **state)
{
	(void)state;
	assert_true(read_order("add", "{\"url\":\"unix:/w.sock\"}"));
	assert_int_equal(order.worker.capacity, WORKER_CAPACITY_ANY);
	assert_string_equal(order.worker.host, "/w.sock");
	assert_int_equal(order.worker.port, 0);
}

static void
a_choice_arrives(void **state)
{
	(void)state;
	assert_true(read_order("choose", "{\"name\":\"w1\"}"));
	assert_string_equal(order.which, "w1");
	assert_true(read_order("weight", "{\"name\":\"w1\",\"weight\":4}"));
	assert_true(order.weight == 4);
}

static void
a_refusal_has_a_reason_and_is_over_with(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		error[0] = '\0';
		assert_false(read_order("add", "{\"url\":\"ftp://h\"}"));
		assert_non_null(strstr(error, "ftp"));
	}
	assert_true(read_order("add", "{\"url\":\"http://h\"}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_worker_arrives_whole),
	    TEST(a_capacity_of_0_is_any),
	    TEST(a_choice_arrives),
	    TEST(a_refusal_has_a_reason_and_is_over_with),
	};

	setenv("PICKET_DATADIR", "lua", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
