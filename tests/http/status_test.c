/* The reason phrases of src/http/head.h. */
#include "head.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static void
a_known_status_has_its_phrase(void **state)
{
	static const struct {
		int status;
		const char *reason;
	} rows[] = {
	    {100, "Continue"},
	    {101, "Switching Protocols"},
	    {200, "OK"},
	    {206, "Partial Content"},
	    {304, "Not Modified"},
	    {308, "Permanent Redirect"},
	    {400, "Bad Request"},
	    {404, "Not Found"},
	    {413, "Content Too Large"},
	    {417, "Expectation Failed"},
	    {421, "Misdirected Request"},
	    {426, "Upgrade Required"},
	    {429, "Too Many Requests"},
	    {431, "Request Header Fields Too Large"},
	    {502, "Bad Gateway"},
	    {504, "Gateway Timeout"},
	    {505, "HTTP Version Not Supported"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
		    status_reason(rows[i].status), rows[i].reason);
}

static void
an_unknown_status_has_none(void **state)
{
	(void)state;
	for (int status = -100; status < 1000; status++)
		assert_non_null(status_reason(status));
	assert_string_equal(status_reason(0), "");
	assert_string_equal(status_reason(99), "");
	assert_string_equal(status_reason(306), "");
	assert_string_equal(status_reason(499), "");
	assert_string_equal(status_reason(600), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_known_status_has_its_phrase),
	    cmocka_unit_test(an_unknown_status_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
