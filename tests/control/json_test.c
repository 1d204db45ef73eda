/* What src/control/json.h promises. */
#include "json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct json json;

static int
make(void **state)
{
	(void)state;
	json = (struct json){.out = evbuffer_new()};
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	evbuffer_free(json.out);
	return 0;
}

static void
assert_written(const char *expected)
{
	evbuffer_add(json.out, "", 1);
	assert_string_equal((char *)evbuffer_pullup(json.out, -1), expected);
}

static void
members_and_elements_are_separated_by_commas(void **state)
{
	(void)state;
	json_open(&json, NULL, '{');
	json_text(&json, "a", "b");
	json_open(&json, "list", '[');
	json_number(&json, NULL, 1);
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_bool(&json, NULL, true);
	json_close(&json, ']');
	json_null(&json, "none");
	json_close(&json, '}');
	assert_written("{\"a\":\"b\",\"list\":[1,{},true],\"none\":null}");
}

static void
text_cannot_break_out_of_its_quotes(void **state)
{
	(void)state;
	json_open(&json, NULL, '[');
	json_text(&json, NULL, "\",\\\n\t\x7f\x1b");
	assert_written("[\"\\u0022,\\u005c\\u000a\\u0009\x7f\\u001b\"");
}

static void
what_is_no_utf_8_is_replaced(void **state)
{
	(void)state;
	json_open(&json, NULL, '[');
	json_text(&json, NULL,
	    "\xc3\xa9 \xf0\x9f\x98\x80 \xff \xc3 \xe0\x80\x80 "
	    "\xed\xa0\x80 \xf4\x90\x80\x80 \xc3");
#define BAD "\xef\xbf\xbd"
	assert_written(
	    "[\"\xc3\xa9 \xf0\x9f\x98\x80 " BAD " " BAD " " BAD BAD BAD
	    " " BAD BAD BAD " " BAD BAD BAD BAD " " BAD "\"");
}

static void
whole_numbers_are_written_whole(void **state)
{
	(void)state;
	json_open(&json, NULL, '[');
	json_number(&json, NULL, 9007199254740991.0);
	json_number(&json, NULL, -3);
	json_number(&json, NULL, 2.5);
	json_number(&json, NULL, NAN);
	json_number(&json, NULL, INFINITY);
	json_close(&json, ']');
	assert_written("[9007199254740991,-3,2.5,null,null]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(members_and_elements_are_separated_by_commas),
	    TEST(text_cannot_break_out_of_its_quotes),
	    TEST(what_is_no_utf_8_is_replaced),
	    TEST(whole_numbers_are_written_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
