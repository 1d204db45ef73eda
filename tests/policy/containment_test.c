/* What a policy may do to itself, but not to the gateway. */
#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "log.h"
#include "subject.h"

/* Each takes memory without end, at its first attempt. */
static void
a_policy_that_takes_all_memory_fails_and_goes_on(void **state)
{
	static const char *const rows[] = {
	    "local t = {}  while true do t[#t + 1] = {} end",
	    "local t = {}  while true do t[#t + 1] = #t end",
	    "local t = {}  for i = 1, 1e9 do t['k' .. i] = true end",
	    "local s = 'x'  while true do s = s .. s end",
	    "local s = ('x'):rep(1e9)",
	    "local t = {}  for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
	    "local t  while true do t = { t, t } end",
	    "local f  while true do local g = f  f = function() return g end "
	    "end",
	    "local t = {}  while true do t[#t + 1] = coroutine.create(print) "
	    "end",
	    "local t = {}  while true do t[#t + 1] = 1LL * #t end",
	    "local t = {}  while true do t[#t + 1] = request.path .. #t end",
	    "local s = ('a'):rep(1e5)  s = s:gsub('a', s)",
	    "table.concat(setmetatable({}, { __index = 1 }), ('x'):rep(1e6), "
	    "1, 1e6)",
	    "local t = {}  for i = 1, 1e9 do t[i] = setmetatable({}, {}) end",
	    "local function f(...) return f(1, ...) end  f()",
	    "string.format(('%99s'):rep(1e6), 1)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subject subject;
		char *body = xasprintf(
		    "if request.attempt == 1 then %s end  return workers[2]",
		    rows[i]);

		load_pick(&subject, body);
		if (policy_pick(subject.policy) != POLICY_FAILED)
			fail_msg("%s: did not fail", rows[i]);
		policy_request(subject.policy)->attempt = 2;
		if (policy_pick(subject.policy) != 1)
			fail_msg("%s: %s", rows[i], last_error(&subject));
		assert_int_equal(policy_stats(subject.policy)->errors, 1);
		unload(&subject);
		free(body);
	}
}

static void
the_memory_limit_is_named(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "local t = {}  while true do t = { t } end");
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_string_equal(last_error(&subject),
	    "test.lua:1: it needs more than policy_limits.memory_bytes = "
	    "16777216");
	unload(&subject);
}

static void
a_hoarder_that_is_late_hears_of_its_memory(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject,
	    "local t = {}  pcall(function() for i = 1, 1e9 do "
	    "t[i] = ('x'):rep(1000) .. i end end)  while #t > 0 do end");
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_contains(last_error(&subject),
	    "test.lua:1: it takes much memory: pick did not return within");
	assert_contains(
	    last_error(&subject), "of policy_limits.memory_bytes = 16777216");
	unload(&subject);
}

static void
garbage_does_not_pile_up(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "local t = { request.path .. math.random() }  "
			    "t[2] = {}  return workers[#t]");
	for (int i = 0; i < 1000000; i++)
		assert_int_equal(policy_pick(subject.policy), 1);
	unload(&subject);
}

static void
a_request_that_was_kept_shows_the_next_or_is_an_error(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local kept  return { "
		       "pick = function(r, w) kept = kept or r "
		       "return w[kept.attempt] end, "
		       "changed = function() return #kept.func end }");
	assert_int_equal(policy_pick(subject.policy), 0);
	policy_request(subject.policy)->attempt = 3;
	assert_int_equal(policy_pick(subject.policy), 2);
	policy_changed(subject.policy);
	assert_contains(last_error(&subject),
	    "test.lua:1: the request was kept for later: it is there in pick "
	    "and done only");
	unload(&subject);
}

static void
a_method_that_was_kept_is_an_error_later(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local r, header  return { "
		       "pick = function(request, w) r, header = request, "
		       "request.header return w[1] end, "
		       "changed = function() return header(r, 'X') end }");
	assert_int_equal(policy_pick(subject.policy), 0);
	policy_changed(subject.policy);
	assert_contains(last_error(&subject), "the request was kept for later");
	unload(&subject);
}

static void
a_worker_that_was_removed_cannot_be_picked(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local kept  return { pick = function(_, w) "
		       "kept = kept or w[2]  return kept end }");
	assert_int_equal(policy_pick(subject.policy), 1);
	worker_remove(subject.table, 1);
	worker_publish(subject.table);
	policy_changed(subject.policy);
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_string_equal(last_error(&subject),
	    "test.lua:1: pick returned worker w1, which is down, draining or "
	    "removed");
	unload(&subject);
}

static void
a_row_used_again_is_another_worker(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local kept  return { pick = function(_, w) "
		       "kept = kept or w[2]  return kept end }");
	assert_int_equal(policy_pick(subject.policy), 1);
	fixture_workers(WORKERS);
	policy_changed(subject.policy);
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_contains(last_error(&subject), "which is down, draining");
	unload(&subject);
}

static void
a_worker_that_went_down_unnoticed_gives_way_to_the_fallback(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "return workers[2]");
	worker_set_state(subject.table, 1, WORKER_DOWN, "");
	assert_int_equal(policy_pick(subject.policy), 0);
	assert_int_equal(policy_stats(subject.policy)->errors, 0);
	unload(&subject);
}

static void
a_policy_that_empties_the_list_of_workers_lets_nobody_wait(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "table.remove(workers)  return nil");
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_contains(last_error(&subject), "it changed the list of workers");
	policy_changed(subject.policy);
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	unload(&subject);
}

static void
changing_the_list_of_workers_is_found(void **state)
{
	static const char *const rows[] = {
	    "table.remove(workers)",
	    "table.remove(workers, 1)",
	    "workers[1] = workers[2]",
	    "table.sort(workers, function(a, b) return a.name > b.name end)",
	};
	struct subject subject;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		load_pick(&subject, rows[i]);
		assert_null(policy_check_workers(subject.policy));
		policy_pick(subject.policy);
		assert_string_equal(policy_check_workers(subject.policy),
		    "test.lua: it changed the list of workers; a policy "
		    "changes only "
		    "copies of it");
		unload(&subject);
	}
}

/* --- the other calls --- */

static void
done_gets_the_outcome(void **state)
{
	struct subject subject;
	int owner;

	(void)state;
	load(&subject,
	    "local seen = 0  return { headers = { 'X-Load', 'absent' }, "
	    "pick = function(_, w) return w[seen] end, "
	    "done = function(r, w, o) assert(r.func == 'thumb')  "
	    "assert(w.name == 'w2' and o.status == 200)  "
	    "assert(o.latency_ms == 3.5 and o.error == nil)  "
	    "assert(o.headers['x-load'] == 'X-Load')  "
	    "assert(o.headers.absent == nil)  seen = 2 end }");
	assert_true(policy_wants_done(subject.policy));
	*policy_outcome(subject.policy) = (struct outcome_view){
	    .slot = 2, .status = 200, .latency_ms = 3.5, .owner = &owner};
	policy_done(subject.policy);
	assert_string_equal(last_error(&subject), "");
	assert_int_equal(policy_pick(subject.policy), 1);
	unload(&subject);
}

static void
a_failed_attempt_has_an_error_and_no_headers(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject,
	    "return { headers = { 'X-Load' }, pick = function() end, "
	    "done = function(r, w, o) assert(o.status == 0)  "
	    "assert(o.error == 'connect' and next(o.headers) == nil) end }");
	*policy_outcome(subject.policy) = (struct outcome_view){
	    .slot = 2, .error = "connect"};
	policy_done(subject.policy);
	assert_string_equal(last_error(&subject), "");
	unload(&subject);
}

static void
a_tick_comes_as_often_as_the_policy_asks(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local now  return { tick_ms = 2.5, "
		       "tick = function(ms) now = ms end, "
		       "pick = function(_, w) return w[now] end }");
	assert_int_equal(policy_tick_us(subject.policy), 2500);
	policy_tick(subject.policy, 3);
	assert_int_equal(policy_pick(subject.policy), 2);
	unload(&subject);
	load_pick(&subject, "return nil");
	assert_int_equal(policy_tick_us(subject.policy), 0);
	assert_false(policy_wants_done(subject.policy));
	unload(&subject);
}

static void
changed_gets_those_that_are_up(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local last  return { changed = function(w) "
		       "last = w[#w] end, pick = function() return last end }");
	assert_int_equal(policy_pick(subject.policy), POLICY_NONE);
	worker_set_state(subject.table, 2, WORKER_DOWN, "");
	policy_changed(subject.policy);
	assert_int_equal(policy_pick(subject.policy), 1);
	worker_at(subject.table, 1)->draining = 1;
	policy_changed(subject.policy);
	assert_int_equal(policy_pick(subject.policy), 0);
	unload(&subject);
}

static void
failures_of_every_call_are_counted(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "return { pick = error, done = error, tick = error, "
		       "changed = error, tick_ms = 5 }");
	policy_pick(subject.policy);
	policy_done(subject.policy);
	policy_tick(subject.policy, 1);
	policy_changed(subject.policy);
	assert_int_equal(policy_stats(subject.policy)->errors, 4);
	unload(&subject);
}

/* --- the fallback --- */

static void
the_fallback_takes_the_least_loaded_for_its_weight(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "return nil");
	worker_at(subject.table, 0)->inflight = 2;
	worker_at(subject.table, 1)->inflight = 5;
	worker_at(subject.table, 1)->weight = 4;
	worker_at(subject.table, 2)->inflight = 1;
	worker_at(subject.table, 2)->capacity = 1; /* full */
	assert_int_equal(policy_fallback(subject.policy), 1);
	policy_tried(subject.policy)[1] = 1;
	assert_int_equal(policy_fallback(subject.policy), 0);
	worker_set_state(subject.table, 0, WORKER_DOWN, "");
	assert_int_equal(policy_fallback(subject.policy), POLICY_NONE);
	unload(&subject);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_policy_that_takes_all_memory_fails_and_goes_on),
	    cmocka_unit_test(the_memory_limit_is_named),
	    cmocka_unit_test(a_hoarder_that_is_late_hears_of_its_memory),
	    cmocka_unit_test(garbage_does_not_pile_up),
	    cmocka_unit_test(
		a_request_that_was_kept_shows_the_next_or_is_an_error),
	    cmocka_unit_test(a_method_that_was_kept_is_an_error_later),
	    cmocka_unit_test(a_worker_that_was_removed_cannot_be_picked),
	    cmocka_unit_test(a_row_used_again_is_another_worker),
	    cmocka_unit_test(
		a_worker_that_went_down_unnoticed_gives_way_to_the_fallback),
	    cmocka_unit_test(
		a_policy_that_empties_the_list_of_workers_lets_nobody_wait),
	    cmocka_unit_test(changing_the_list_of_workers_is_found),
	    cmocka_unit_test(done_gets_the_outcome),
	    cmocka_unit_test(a_failed_attempt_has_an_error_and_no_headers),
	    cmocka_unit_test(a_tick_comes_as_often_as_the_policy_asks),
	    cmocka_unit_test(changed_gets_those_that_are_up),
	    cmocka_unit_test(failures_of_every_call_are_counted),
	    cmocka_unit_test(
		the_fallback_takes_the_least_loaded_for_its_weight),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
