/* What src/base/list.h promises. */
#include "list.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

struct item {
	int number;
	struct link link;
};

static struct item items[4];
static struct list list, other;

static int
set_up(void **state)
{
	(void)state;
	list_init(&list);
	list_init(&other);
	for (int i = 0; i < 4; i++) {
		items[i].number = i;
		link_init(&items[i].link);
	}
	return 0;
}

/* The numbers of all in the list as one decimal number. */
static int
digits(struct list *of)
{
	struct item *item;
	int value = 0;

	list_each (item, of, link)
		value = value * 10 + item->number;
	return value;
}

static void
a_new_list_is_empty(void **state)
{
	(void)state;
	assert_true(list_is_empty(&list));
	assert_null(list_first(&list, struct item, link));
}

static void
append_and_prepend_keep_their_order(void **state)
{
	(void)state;
	list_append(&list, &items[2].link);
	list_append(&list, &items[3].link);
	list_prepend(&list, &items[1].link);
	assert_int_equal(digits(&list), 123);
	assert_ptr_equal(list_first(&list, struct item, link), &items[1]);
}

static void
removing_what_is_in_no_list_does_nothing(void **state)
{
	(void)state;
	list_remove(&items[1].link);
	list_append(&list, &items[1].link);
	list_remove(&items[1].link);
	list_remove(&items[1].link);
	assert_true(list_is_empty(&list));
}

static void
moving_appends_to_the_other_list(void **state)
{
	(void)state;
	for (int i = 1; i < 4; i++)
		list_append(&list, &items[i].link);
	list_move(&items[2].link, &other);
	list_move(&items[1].link, &other);
	assert_int_equal(digits(&list), 3);
	assert_int_equal(digits(&other), 21);
}

static void
a_loop_may_move_what_it_visits(void **state)
{
	struct item *item;

	(void)state;
	for (int i = 1; i < 4; i++)
		list_append(&list, &items[i].link);
	list_each (item, &list, link)
		list_move(&item->link, &other);
	assert_true(list_is_empty(&list));
	assert_int_equal(digits(&other), 123);
}

static void
loops_may_be_nested(void **state)
{
	struct item *outer, *inner;
	int sum = 0;

	(void)state;
	for (int i = 1; i < 4; i++)
		list_append(&list, &items[i].link);
	list_each (outer, &list, link)
		list_each (inner, &list, link)
			sum += outer->number * inner->number;
	assert_int_equal(sum, 36);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_new_list_is_empty, set_up),
	    cmocka_unit_test_setup(append_and_prepend_keep_their_order, set_up),
	    cmocka_unit_test_setup(
		removing_what_is_in_no_list_does_nothing, set_up),
	    cmocka_unit_test_setup(moving_appends_to_the_other_list, set_up),
	    cmocka_unit_test_setup(a_loop_may_move_what_it_visits, set_up),
	    cmocka_unit_test_setup(loops_may_be_nested, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
