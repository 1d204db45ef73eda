#include "mistake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "log.h"
#include "subject.h"

struct row {
	const char *pick, *error;
};

/* Each pick is on line 2. */
static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct subject subject;
		char *source = xasprintf(
		    "return { pick = "
		    "function(request, workers)\n %s end }",
		    rows[i].pick);

		load(&subject, source);
		free(source);
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
		assert_contains(last_error(&subject), rows[i].error);
		unload(&subject);
	}
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof(*(rows)))

static void
who_writes_a_worker_hears_which_field(void **state)
{
	static const struct row rows[] = {
	    {"workers[1].inflight = 5",
		"test.lua:2: the field inflight of a "
		"worker is read-only; values of its own"},
	    {"workers[2].mine = 5", "test.lua:2: the field mine of a worker"},
	    {"workers[1][\"weight\"] = 5", "test.lua:2: the field weight of"},
	    {"local x = 1 workers[1].slot=2", "test.lua:2: the field slot of"},
	    {"local x = 1 == 2 workers[1].weight = x", "the field weight of"},
	    {"local key = 'x' workers[1][key] = 1",
		"test.lua:2: the field of a worker is read-only"},
	    {"workers[1][1] = 2", "test.lua:2: the field of a worker is"},
	};

	(void)state;
	CHECK(rows);
}

static void
who_mistypes_a_field_hears_which_was_meant(void **state)
{
	static const struct row rows[] = {
	    {"return workers[1].inflght > 1",
		"test.lua:2: a worker has no field \"inflght\"; "
		"did you mean \"inflight\"?"},
	    {"return workers[1].is_fre", "did you mean \"is_free\"?"},
	    {"return workers[1].zzz", "a worker has no field \"zzz\"; it has "
				      "name, url, weight, inflight"},
	    {"return workers[1][1]", "a worker has no field \"1\"; it has"},
	    {"return request.fucn", "test.lua:2: the request has no field "
				    "\"fucn\"; did you mean \"func\"?"},
	    {"return request.zzz", "; it has func, packages, method"},
	};

	(void)state;
	CHECK(rows);
}

static void
who_writes_the_request_hears_which_field(void **state)
{
	static const struct row rows[] = {
	    {"request.func = 'x'", "test.lua:2: the field func of the request "
				   "is read-only; values of its own"},
	};

	(void)state;
	CHECK(rows);
}

static void
a_dot_in_place_of_a_colon_is_told(void **state)
{
	static const struct row rows[] = {
	    {"return workers[1].is_free()",
		"test.lua:1: is_free was called without a worker; with a colon "
		"it has one: worker:is_free()"},
	    {"local w = workers[1] local f = w.has('numpy') return f",
		"test.lua:2: has was called without a worker; with a colon it "
		"has one: worker:has(package)"},
	    {"local w = workers[1] local f = w.is_warm('f') return f",
		"worker:is_warm(func)"},
	    {"local h = request.header('Host') return h",
		"test.lua:2: header was called without the request; with a "
		"colon it has it: request:header(name)"},
	};

	(void)state;
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_writes_a_worker_hears_which_field),
	    cmocka_unit_test(who_mistypes_a_field_hears_which_was_meant),
	    cmocka_unit_test(who_writes_the_request_hears_which_field),
	    cmocka_unit_test(a_dot_in_place_of_a_colon_is_told),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
