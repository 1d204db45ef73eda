/* What src/base/address.h promises. */
#include "address.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct address
address(const char *text)
{
	struct address parsed;
	const char *reason;

	assert_true(address_parse(&parsed, text, &reason));
	return parsed;
}

static void
what_is_parsed_is_written_the_same(void **state)
{
	static const char *const texts[] = {"127.0.0.1:9080", "0.0.0.0:0",
	    "255.255.255.255:65535", "[::1]:9080", "[::]:1",
	    "[2001:db8::1:2]:443", "unix:/run/picket.sock", "unix:a b"};
	char text[ADDRESS_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct address parsed = address(texts[i]);

		address_text(&parsed, text);
		assert_string_equal(text, texts[i]);
	}
}

static void
what_is_no_address_is_refused_with_a_reason(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
	    {"", "no \":port\""},
	    {"127.0.0.1", "no \":port\""},
	    {"[::1]", "no \":port\""},
	    {"[::1]x:1", "no \":port\""},
	    {"127.0.0.1:", "the port"},
	    {"127.0.0.1:65536", "the port"},
	    {"127.0.0.1:-1", "the port"},
	    {"127.0.0.1:+1", "the port"},
	    {"127.0.0.1: 1", "the port"},
	    {"127.0.0.1:1x", "the port"},
	    {"127.0.0.1:000080", "the port"},
	    {":80", "the host"},
	    {"*:80", "the host"},
	    {"localhost:80", "the host"},
	    {"127.1:80", "the host"},
	    {"256.0.0.1:80", "the host"},
	    {"::1:80", "the host"},
	    {"[127.0.0.1]:80", "the host"},
	    {"[]:80", "the host"},
	    {"[::1:80", "the host"},
	    {"[0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1]:80",
		"the host"},
	    {"unix:", "no path"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address parsed;
		const char *reason = NULL;

		if (address_parse(&parsed, rows[i].text, &reason))
			fail_msg("\"%s\" was accepted", rows[i].text);
		assert_int_equal(parsed.len, 0);
		if (strstr(reason, rows[i].reason) == NULL)
			fail_msg("\"%s\": %s", rows[i].text, reason);
	}
}

static void
a_unix_path_fits_whole_or_not_at_all(void **state)
{
	char long_text[5 + 108 + 1] = "unix:", text[ADDRESS_TEXT];
	struct address parsed;
	const char *reason;

	(void)state;
	memset(long_text + 5, 'a', 108);
	assert_false(address_parse(&parsed, long_text, &reason));
	long_text[5 + 107] = '\0';
	parsed = address(long_text);
	address_text(&parsed, text);
	assert_string_equal(text, long_text);
}

static void
a_host_has_neither_port_nor_brackets(void **state)
{
	static const struct {
		const char *text, *host;
	} rows[] = {
	    {"10.1.2.3:80", "10.1.2.3"},
	    {"0.9.10.99:80", "0.9.10.99"},
	    {"100.109.190.255:80", "100.109.190.255"},
	    {"[2001:db8::1]:80", "2001:db8::1"},
	    {"[::ffff:10.1.2.3]:80", "10.1.2.3"},
	    {"unix:/run/a", "unix:"},
	};
	char host[ADDRESS_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address parsed = address(rows[i].text);

		address_host(&parsed, host);
		assert_string_equal(host, rows[i].host);
	}
}

static void
no_address_is_written_as_a_dash(void **state)
{
	struct address none = {.len = 0};
	char text[ADDRESS_TEXT];

	(void)state;
	address_text(&none, text);
	assert_string_equal(text, "-");
	address_host(&none, text);
	assert_string_equal(text, "-");
}

/* accept() gives no more than the family, and what lay in the path before. */
static void
an_unnamed_unix_peer_has_no_path(void **state)
{
	struct address peer = address("unix:/left/over");
	char text[ADDRESS_TEXT];

	(void)state;
	peer.len = sizeof(peer.un.sun_family);
	address_text(&peer, text);
	assert_string_equal(text, "unix:");
	assert_true(address_is_unix(&peer));
}

static void
addresses_differ_by_host_port_and_kind(void **state)
{
	static const char *const texts[] = {"127.0.0.1:1", "127.0.0.1:2",
	    "127.0.0.2:1", "[::1]:1", "[::1]:2", "[::2]:1", "unix:a", "unix:b"};
	const size_t count = sizeof(texts) / sizeof(texts[0]);
	struct address none = {.len = 0};

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct address a = address(texts[i]);

		for (size_t j = 0; j < count; j++) {
			struct address b = address(texts[j]);

			assert_int_equal(address_equal(&a, &b), i == j);
		}
		assert_false(address_equal(&a, &none));
	}
	assert_true(address_equal(&none, &none));
}

static void
loopback_is_known_in_both_families(void **state)
{
	static const struct {
		const char *text;
		bool is_loopback;
	} rows[] = {
	    {"127.0.0.1:1", true},
	    {"127.9.9.9:1", true},
	    {"128.0.0.1:1", false},
	    {"0.0.0.0:1", false},
	    {"[::1]:1", true},
	    {"[::]:1", false},
	    {"[::ffff:127.0.0.1]:1", true},
	    {"[::ffff:10.0.0.1]:1", false},
	    {"unix:a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct address parsed = address(rows[i].text);

		assert_int_equal(
		    address_is_loopback(&parsed), rows[i].is_loopback);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_parsed_is_written_the_same),
	    cmocka_unit_test(what_is_no_address_is_refused_with_a_reason),
	    cmocka_unit_test(a_unix_path_fits_whole_or_not_at_all),
	    cmocka_unit_test(a_host_has_neither_port_nor_brackets),
	    cmocka_unit_test(no_address_is_written_as_a_dash),
	    cmocka_unit_test(an_unnamed_unix_peer_has_no_path),
	    cmocka_unit_test(addresses_differ_by_host_port_and_kind),
	    cmocka_unit_test(loopback_is_known_in_both_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
