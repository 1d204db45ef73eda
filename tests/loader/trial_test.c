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

static bool
try_policy(const char *source, char error[LOADER_ERROR])
{
	struct generation *generation = fixture_generation(
	    source, "{ }", 16 << 20);
	bool good;

	error[0] = '\0';
	assert_non_null(generation);
	good = trial_run(generation, error);
	generation_close(generation);
	return good;
}

static void
a_good_policy_passes(void **state)
{
	static const char *const rows[] = {
	    "return { pick = function(_, workers) return workers[1] end }",
	    "return { pick = function(_, workers) for _, w in ipairs(workers) "
	    "do if w:is_free() then return w end end end }",
	    "return { pick = function(r, workers) if r.func ~= 'made-up' then "
	    "return workers[#workers] end end, done = function(r, w, o) "
	    "assert(w.name and o.status) end, tick = function(now) "
	    "assert(now > 0) end, tick_ms = 100 }",
	};
	char error[LOADER_ERROR];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!try_policy(rows[i], error))
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
	    {"return { pick = function() end }",
		"somewhere/test.lua: pick returned nil for every request, "
		"although all workers were free"},
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_policy_passes),
	    cmocka_unit_test(a_bad_policy_is_found_out),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
