/* Calls that do not return. */
#include "watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <lauxlib.h>

#include <limits.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "log.h"
#include "subject.h"

/* --- the watchdog alone --- */

static void
return_at_once(void *context)
{
	*(int *)context += 1;
}

/* What was left in the middle is not to be closed. */
static void
loop(void *context)
{
	lua_State *L = luaL_newstate();

	(void)context;
	luaL_dostring(L, "while true do end");
}

static void
a_call_that_returns_is_not_cut_short(void **state)
{
	int count = 0;

	(void)state;
	watchdog_start();
	for (int i = 0; i < 1000000; i++)
		assert_int_equal(watchdog_call(1, return_at_once, &count),
		    WATCHDOG_RETURNED);
	assert_int_equal(count, 1000000);
}

static void
a_call_that_does_not_return_is_cut_short_every_time(void **state)
{
	(void)state;
	watchdog_start();
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    watchdog_call(2, loop, NULL), WATCHDOG_OUT_OF_TIME);
}

static void
calls_are_counted_where_others_look(void **state)
{
	static volatile uint64_t calls;
	int count = 0;

	(void)state;
	watchdog_start();
	watchdog_count_in(&calls);
	watchdog_call(100, return_at_once, &count);
	watchdog_call(2, loop, NULL);
	assert_int_equal(calls, 2);
}

static bool released;

static void
loop_held(void *context)
{
	clock_t end = clock() + CLOCKS_PER_SEC / 50;

	watchdog_hold();
	while (clock() < end)
		continue;
	released = true;
	watchdog_release();
	loop(context);
}

static void
what_is_held_is_finished_first(void **state)
{
	(void)state;
	watchdog_start();
	assert_int_equal(
	    watchdog_call(2, loop_held, NULL), WATCHDOG_OUT_OF_TIME);
	assert_true(released);
}

static void
a_child_has_a_watchdog_of_its_own(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	watchdog_start();
	pid = fork();
	if (pid == 0) {
		alarm(20);
		watchdog_start();
		_exit(watchdog_call(2, loop, NULL) != WATCHDOG_OUT_OF_TIME);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- policies --- */

/* None of these comes to an end by itself. */
static const char *const endless[] = {
    "while true do end",
    "local n = 0  while true do n = n + 1 end",
    "local t = {}  while true do t[1] = #t end",
    "while true do workers[1]:is_free() end",
    "while true do request:header('x') end",
    "while true do local _ = request.path .. request.attempt end",
    "while true do pcall(error, 'x') end",
    "while true do pcall(error) end",
    "repeat local ok = pcall(function() while true do end end) until ok",
    "while true do coroutine.wrap(function() return 1 end)() end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do local t = {}  for i = 1, 1000 do t[i] = {} end end",
    "while true do local _ = ('x'):rep(1e5) .. math.random() end",
    "string.find(('a'):rep(3e4), ('.-'):rep(12) .. 'b')",
    "string.gsub(('a'):rep(3e4), ('.-'):rep(12) .. 'b', '')",
    "for _ in string.gmatch(('a'):rep(3e4), ('.-'):rep(12) .. 'b') do end",
    "table.sort({ 3, 2, 1 }, function() while true do end end)",
    "local function f() pcall(f)  pcall(f) end  f()",
    "local function f() return f() end  f()",
    "for i = 1, math.huge do local _ = i % 7 end",
    "setmetatable({}, { __index = function() while true do end end }).x()",
    "while true do print('x') end",
};

static void
a_pick_that_does_not_return_fails_and_the_next_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++) {
		struct subject subject;
		char *body = xasprintf(
		    "if request.attempt == 1 then %s end  return workers[2]",
		    endless[i]);

		load_pick(&subject, body);
		if (policy_pick(subject.policy) != POLICY_FAILED)
			fail_msg("%s: did return", endless[i]);
		if (strcmp(last_error(&subject),
			"test.lua:1: pick did not return within 20 ms") != 0)
			fail_msg("%s: %s", endless[i], last_error(&subject));
		policy_request(subject.policy)->attempt = 2;
		if (policy_pick(subject.policy) != 1)
			fail_msg("%s: %s", endless[i], last_error(&subject));
		assert_int_equal(policy_stats(subject.policy)->losses, 1);
		unload(&subject);
		free(body);
	}
}

static int
descend(int depth)
{
	volatile char frame[4096] = {0};

	return depth < INT_MAX ? descend(depth + 1) + frame[depth % 7] : 0;
}

static void
run_off_the_stack(void *context)
{
	*(int *)context = descend(0);
}

/* In a child, since cmocka catches the faults of this process. */
static void
running_off_the_stack_is_cut_short_every_time(void **state)
{
	int depth, status = -1;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		watchdog_start();
		for (int i = 0; i < 3; i++)
			if (watchdog_call(10000, run_off_the_stack, &depth) !=
			    WATCHDOG_OUT_OF_STACK)
				_exit(1);
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

static const char *const deep[] = {
    "local function f() return coroutine.wrap(f)() end  f()",
    "local function f() return (('x'):gsub('x', f)) end  f()",
};

static bool
survives(const char *evil)
{
	struct subject subject;
	char *body = xasprintf(
	    "if request.attempt == 1 then %s end  return workers[2]", evil);
	bool failed, goes_on;

	load_pick(&subject, body);
	failed = policy_pick(subject.policy) == POLICY_FAILED;
	policy_request(subject.policy)->attempt = 2;
	goes_on = policy_pick(subject.policy) == 1;
	unload(&subject);
	free(body);
	return failed && goes_on;
}

static void
a_pick_that_runs_off_the_stack_fails_and_the_next_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(deep) / sizeof(*deep); i++) {
		int status = -1;
		pid_t child = fork();

		if (child == 0)
			_exit(survives(deep[i]) ? 0 : 1);
		waitpid(child, &status, 0);
		if (status != 0)
			fail_msg("%s: %#x", deep[i], (unsigned)status);
	}
}

/* Raising an error takes a lock that the whole process shares. */
static void
a_loop_of_errors_leaves_no_lock_behind(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct subject subject;

		load_pick(&subject, "while true do pcall(error) end");
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
		assert_int_equal(policy_stats(subject.policy)->losses, 1);
		unload(&subject);
		load_pick(&subject, "error('no')");
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
		unload(&subject);
	}
}

static void
other_calls_are_cut_short_as_well(void **state)
{
	struct subject subject;

	(void)state;
	load(&subject, "local function loop() while true do end end\n"
		       "return { pick = function(_, w) return w[1] end,\n"
		       "done = loop, tick_ms = 5, tick = loop }");
	policy_done(subject.policy);
	assert_string_equal(last_error(&subject),
	    "test.lua:1: done did not return within 20 ms");
	policy_tick(subject.policy, 0);
	assert_string_equal(last_error(&subject),
	    "test.lua:1: tick did not return within 20 ms");
	assert_int_equal(policy_pick(subject.policy), 0);
	unload(&subject);
}

static void
loading_may_take_longer_but_not_forever(void **state)
{
	static const char *const rows[] = {
	    "while true do end",
	    "return { pick = print, start = function() while true do end end }",
	};
	struct subject subject;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		load_with(&subject, rows[i], "{ }", WORKERS);
		assert_null(subject.policy);
		assert_string_equal(subject.error,
		    "test.lua:1: loading it did not return within 400 ms");
		unload(&subject);
	}
}

static void
a_policy_that_is_stuck_again_and_again_is_quarantined(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "while true do end");
	for (int i = 0; i < 4; i++) {
		assert_false(policy_stats(subject.policy)->is_quarantined);
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	}
	assert_true(policy_stats(subject.policy)->is_quarantined);
	assert_int_equal(policy_stats(subject.policy)->losses, 4);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_int_equal(policy_stats(subject.policy)->errors, 4);
	policy_changed(subject.policy);
	policy_done(subject.policy);
	policy_tick(subject.policy, 1);
	assert_int_equal(policy_fallback(subject.policy), 0);
	unload(&subject);
}

static void
a_policy_that_fails_every_time_is_quarantined(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "error('always')");
	for (int i = 0; i < 200; i++)
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_true(policy_stats(subject.policy)->is_quarantined);
	assert_int_equal(policy_stats(subject.policy)->errors, 100);
	assert_string_equal(last_error(&subject), "test.lua:1: always");
	unload(&subject);
}

static void
a_policy_that_fails_now_and_then_is_not(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject,
	    "if request.attempt == 1 then error('no') end  return workers[1]");
	for (int i = 0; i < 1000; i++) {
		policy_request(subject.policy)->attempt = i % 50 == 0 ? 2 : 1;
		policy_pick(subject.policy);
	}
	assert_false(policy_stats(subject.policy)->is_quarantined);
	assert_int_equal(policy_stats(subject.policy)->errors, 980);
	unload(&subject);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_call_that_returns_is_not_cut_short),
	    cmocka_unit_test(
		a_call_that_does_not_return_is_cut_short_every_time),
	    cmocka_unit_test(calls_are_counted_where_others_look),
	    cmocka_unit_test(what_is_held_is_finished_first),
	    cmocka_unit_test(a_child_has_a_watchdog_of_its_own),
	    cmocka_unit_test(
		a_pick_that_does_not_return_fails_and_the_next_goes_on),
	    cmocka_unit_test(running_off_the_stack_is_cut_short_every_time),
	    cmocka_unit_test(
		a_pick_that_runs_off_the_stack_fails_and_the_next_goes_on),
	    cmocka_unit_test(a_loop_of_errors_leaves_no_lock_behind),
	    cmocka_unit_test(other_calls_are_cut_short_as_well),
	    cmocka_unit_test(loading_may_take_longer_but_not_forever),
	    cmocka_unit_test(
		a_policy_that_is_stuck_again_and_again_is_quarantined),
	    cmocka_unit_test(a_policy_that_fails_every_time_is_quarantined),
	    cmocka_unit_test(a_policy_that_fails_now_and_then_is_not),
	};

	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
