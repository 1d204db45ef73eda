#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../policy/fixture.h"
#include "log.h"

/* Where made-up options stand. */
static const char places[] = "policy\ta/s.lua:2\n"
			     "policy.ties\ta/s.lua:3\n"
			     "policy.x\ta/s.lua:4";

static bool
try_with(const char *source, const char *options, char report[LOADER_ERROR])
{
	struct generation *generation = fixture_generation(
	    source, options, 16 << 20);
	bool good;

	assert_non_null(generation);
	good = trial_run(generation, places, report);
	generation_close(generation);
	return good;
}

static bool
try_policy(const char *source, char report[LOADER_ERROR])
{
	return try_with(source, "{ }", report);
}

static void
a_good_policy_passes(void **state)
{
	static const char *const rows[] = {
	    "return { pick = function(_, workers) return workers[1] end }",
	    "return { pick = function(_, workers) for _, w in ipairs(workers) "
	    "do if w:is_free() then return w end end end }",
	    "return { pick = function(r, workers) if #workers < 4 then "
	    "return workers[#workers] end end, done = function(r, w, o) "
	    "assert(w.name and o.status) end, tick = function(now) "
	    "assert(now > 0) end, tick_ms = 100 }",
	};
	char error[LOADER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!try_policy(rows[i], error) || error[0] != '\0')
			fail_msg("%s: %s", rows[i], error);
}

/* Errors that only some situation brings out. */
static void
a_bad_policy_is_found_out(void **state)
{
	static const struct {
		const char *source, *error;
	} rows[] = {
	    {"return {", "somewhere/test.lua:1: unexpected symbol"},
	    {"return { pick = function(_, w)\n return w[3].name and w[1] end }",
		"somewhere/test.lua:2: attempt to index a nil value"},
	    {"return { pick = function(_, workers) for _, w in ipairs(workers) "
	     "do if w:is_free() then return w end end error('full') end }",
		"somewhere/test.lua:1: full"},
	    {"return { pick = function(r, w) return r.attempt > 1 and w or "
	     "w[1] end }",
		"somewhere/test.lua:1: pick returned a table"},
	    {"return { pick = function(r, w) return #r.packages[1] > 0 and "
	     "w[1] end }",
		"somewhere/test.lua:1: attempt to get length of a nil value"},
	    {"return { pick = function(r, w) assert(r.func ~= 'made-up', 'x') "
	     "return w[1] end }",
		"somewhere/test.lua:1: x"},
	    {"local first  return { pick = function(_, w) first = first or "
	     "w[#w] return first end }",
		"somewhere/test.lua:1: pick returned worker made-up 3, which "
		"is down"},
	    {"return { pick = function(_, w) return table.remove(w) end }",
		"somewhere/test.lua"},
	    {"return { pick = function(_, w) return w[1] end, changed = "
	     "function(w) assert(#w > 0, 'none') end }",
		"somewhere/test.lua:1: none"},
	    {"return { pick = function(_, w) return w[1] end, done = "
	     "function(_, _, o) assert(o.status > 0, 'error') end }",
		"somewhere/test.lua:1: error"},
	    {"return { pick = function(_, w) return w[1] end, start = "
	     "function(_, w) return w[1].name end }",
		"somewhere/test.lua:1: attempt to index"},
	    {"return { pick = function(_, w) return w[1] end, tick_ms = 5, "
	     "tick = function() error('tick') end }",
		"somewhere/test.lua:1: tick"},
	    {"return { pick = function(_, w) table.sort(w, function(a, b) "
	     "return a.name > b.name end) return w[1] end }",
		"somewhere/test.lua: it changed the list of workers"},
	    {"return { pick = function(_, w) table.sort(w, function(a, b) "
	     "return a.inflight < b.inflight end) return w[1] end }",
		"somewhere/test.lua: it changed the list of workers"},
	    {"local p = {} function p:pick(r, w) return w[1] end return p",
		"somewhere/test.lua:1: pick is declared with a colon"},
	};
	char error[LOADER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (try_policy(rows[i].source, error))
			fail_msg("%s: no error", rows[i].source);
		if (strstr(error, rows[i].error) != error)
			fail_msg("%s: %s", rows[i].source, error);
	}
}

/* Whoever decides by a header picks none for a made-up request. */
static void
what_is_doubtful_passes_with_a_warning(void **state)
{
	static const struct {
		const char *source, *report;
	} rows[] = {
	    {"return { pick = function(r, w) return r:header('X') and w[1] end "
	     "}",
		"somewhere/test.lua: warning: pick returned nil for the "
		"function \"thumb\", although all workers were free"},
	    {"return { pick = function(r, w) return w[#r.func % #w] end }",
		"somewhere/test.lua: warning: pick returned nil for the "
		"function \"resize\""},
	    {"local n = 0 return { pick = function(r, w) n = n + 1 "
	     "return w[n % 2] end }",
		"somewhere/test.lua: warning: pick returned nil for the "
		"function \""},
	    {"return { pick = function(r, w) return w[1] end, chagned = "
	     "function() end }",
		"somewhere/test.lua: warning: the gateway calls no function "
		"chagned; did you mean \"changed\"?"},
	};
	char report[LOADER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!try_policy(rows[i].source, report))
			fail_msg("%s: %s", rows[i].source, report);
		if (strstr(report, rows[i].report) != report)
			fail_msg("%s: %s", rows[i].source, report);
	}
}

static void
wrong_options_are_told_with_their_own_place(void **state)
{
#define OPTIONED                                                               \
	"local o = require('picket.options') return { pick = function(_, w) "  \
	"return w[1] end, start = function(given) o.check('test', given, "     \
	"{ ties = o.choice('turn', 'first') }) end }"
	static const struct {
		const char *source, *options, *report;
	} rows[] = {
	    {OPTIONED, "{ ties = 'last' }",
		"a/s.lua:3: options of test: ties must be \"turn\" or "
		"\"first\", not \"last\""},
	    {OPTIONED, "{ x = 1 }",
		"a/s.lua:4: options of test: \"x\" is unknown; there is ties"},
	    {OPTIONED, "{ tie = 1 }",
		"a/s.lua:2: options of test: \"tie\" is unknown; did you mean "
		"\"ties\"?"},
	    {"return { pick = function(_, w) return w[1] end }", "{ x = 1 }",
		"a/s.lua:4: options of test: \"x\" is given, but the policy "
		"has "
		"no start(options) that would read it"},
	};
	char report[LOADER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_false(try_with(rows[i].source, rows[i].options, report));
		assert_string_equal(report, rows[i].report);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_policy_passes),
	    cmocka_unit_test(a_bad_policy_is_found_out),
	    cmocka_unit_test(what_is_doubtful_passes_with_a_warning),
	    cmocka_unit_test(wrong_options_are_told_with_their_own_place),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
