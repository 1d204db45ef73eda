#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "log.h"
#include "subject.h"

/* --- loading --- */

static void
a_policy_that_does_not_load_says_why(void **state)
{
	static const struct {
		const char *source, *error;
	} rows[] = {
	    {"return {", "test.lua:1: unexpected symbol near '<eof>'"},
	    {"\n\nlocal x = = 1", "test.lua:3: unexpected symbol near '='"},
	    {"return nil", "test.lua: a policy returns a table"},
	    {"return 1", "test.lua: a policy returns a table"},
	    {"return {}", "test.lua: a policy returns a table"},
	    {"return { pick = 1 }", "test.lua: a policy returns a table"},
	    {"return { pick = error, start = 1 }",
		"test.lua: start must be a function, not a number"},
	    {"return { pick = error, headers = 'X' }",
		"test.lua: headers must be a table, not a string"},
	    {"return { pick = error, headers = { 1 } }",
		"test.lua: headers must list names of headers, not a number"},
	    {"return { pick = error, tick = error, tick_ms = 0 }",
		"test.lua: tick_ms must be from 1 to 86400000"},
	    {"return { pick = error, tick = error, tick_ms = 0/0 }",
		"test.lua: tick_ms must be from 1 to 86400000"},
	    {"return { pick = error, tick = error }",
		"test.lua: tick is never called without tick_ms"},
	    {"error('no')", "test.lua:1: no"},
	    {"\nerror('no', 0)", "test.lua:2: no"},
	    {"\nerror({})", "test.lua:2: an error that is a table"},
	    {"\nlocal x = nil + 1",
		"test.lua:2: attempt to perform arithmetic"},
	    {"return { pick = error, start = function()\n error('no') end }",
		"test.lua:2: no"},
	    {"\033LJ\002",
		"test.lua: this is compiled; name the Lua source text"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subject subject;

		load_with(&subject, rows[i].source, "{ }", WORKERS);
		assert_null(subject.policy);
		assert_contains(subject.error, rows[i].error);
		unload(&subject);
	}
}

static void
start_gets_the_options_and_the_workers(void **state)
{
	struct subject subject;

	(void)state;
	load_with(&subject,
	    "return { pick = function() end, start = function(o, w) "
	    "assert(o.a == 1.5 and o.b == 'x\\n' and o.c[2] == false)"
	    "assert(#w == 3 and w[2].name == 'w1') end }",
	    "{ a = 1.5, b = \"x\\n\", c = { true, false } }", WORKERS);
	assert_string_equal(subject.error, "");
	unload(&subject);
}

static void
two_instances_share_nothing(void **state)
{
	static const char source
	    [] = "local n = 0  string.x = 1  "
		 "return { pick = function(_, w) n = n + 1  return w[n] end }";
	struct subject one, other;

	(void)state;
	load(&one, source);
	assert_int_equal(policy_pick(one.policy), 0);
	assert_int_equal(policy_pick(one.policy), 1);
	load(&other, source);
	assert_int_equal(policy_pick(other.policy), 0);
	assert_int_equal(policy_pick(one.policy), 2);
	unload(&one);
	unload(&other);
}

static void
random_numbers_follow_the_seed(void **state)
{
	static const char source[] = "return { pick = function(_, w) "
				     "return w[math.random(#w)] end }";
	struct subject one, other;

	(void)state;
	load(&one, source);
	load(&other, source);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
		    policy_pick(one.policy), policy_pick(other.policy));
	unload(&one);
	unload(&other);
}

/* --- picking --- */

static void
a_pick_returns_the_slot_of_the_worker(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "return workers[2]");
	assert_int_equal(policy_pick(subject.policy), 1);
	assert_int_equal(policy_stats(subject.policy)->errors, 0);
	unload(&subject);
}

static void
nil_means_that_none_suits(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "return nil");
	assert_int_equal(policy_pick(subject.policy), POLICY_NONE);
	assert_int_equal(policy_stats(subject.policy)->errors, 0);
	unload(&subject);
}

static void
without_workers_none_suits(void **state)
{
	struct subject subject;

	(void)state;
	load_with(&subject,
	    "return { pick = function(_, w) return w[1].name end }", "{ }", 0);
	assert_int_equal(policy_pick(subject.policy), POLICY_NONE);
	assert_int_equal(policy_fallback(subject.policy), POLICY_NONE);
	unload(&subject);
}

/* Each is true of the worker w1 or of the request for `thumb`. */
static void
a_policy_sees_what_the_contract_names(void **state)
{
	static const char *const rows[] = {
	    "w.name == 'w1'",
	    "w.url == 'http://127.0.0.1:9082'",
	    "w.weight == 2.5",
	    "w.inflight == 7",
	    "w.capacity == 2147483647",
	    "w.latency_ms == 12.5",
	    "w.utilization == 0.25",
	    "w.served == 2",
	    "w.failed == 1",
	    "w:is_free()",
	    "not workers[1]:is_free()", /* tried */
	    "not workers[3]:is_free()", /* full */
	    "w:has('numpy') and not w:has('pillow')",
	    "w:is_warm('thumb') and not w:is_warm('numpy')",
	    "tostring(w) == 'worker w1'",
	    "w == workers[2] and w ~= workers[1]",
	    "({ [w] = 1 })[workers[2]] == 1",
	    "#workers == 3",
	    "r.func == 'thumb'",
	    "#r.packages == 2 and r.packages[1] == 'numpy'",
	    "r.packages == r.packages",
	    "r.method == 'POST'",
	    "r.path == '/run/thumb?x=1'",
	    "r.client == '10.0.0.1'",
	    "r.body_length == 12",
	    "r.attempt == 1",
	    "r.now == 1000",
	    "r:header('X-User') == 'X-User'",
	    "r:header('absent') == nil",
	    "_G._G == _G and _G.math == math",
	    "require('bit') == bit",
	    "require('picket.hash') == require('picket.hash')",
	    "getmetatable(setmetatable({}, { __index = r })).__index == r",
	    "#table.concat({ 'a', 'b' }) == 2",
	    "math.random() < 1 and math.random(5, 5) == 5",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subject subject;
		struct worker *worker;
		char *body = xasprintf("local r, w = request, workers[2]  "
				       "assert(%s)  return w",
		    rows[i]);

		load_pick(&subject, body);
		worker = worker_at(subject.table, 1);
		worker->weight = 2.5;
		worker->inflight = 7;
		worker->latency_ms = 12.5;
		worker->utilization = 0.25;
		*worker_share(subject.table, 1, 0) = (struct worker_share){
		    .served = 2, .failed = 1};
		worker_warm(subject.table, 1, worker_hash_package("numpy", 5));
		worker_warm(subject.table, 1, worker_hash_function("thumb", 5));
		policy_tried(subject.policy)[0] = 1;
		worker_at(subject.table, 2)
		    ->inflight = worker_at(subject.table, 2)->capacity;
		if (policy_pick(subject.policy) != 1)
			fail_msg("%s: %s", rows[i], last_error(&subject));
		unload(&subject);
		free(body);
	}
}

static void
an_unregistered_function_has_its_name_and_no_packages(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "assert(request.func == 'other' and "
			    "#request.packages == 0)  return workers[1]");
	fixture_request(subject.policy, "other", -1);
	assert_int_equal(policy_pick(subject.policy), 0);
	unload(&subject);
}

static void
a_header_value_may_hold_any_byte(void **state)
{
	struct subject subject;

	(void)state;
	load_pick(&subject, "return request:header('a\\0b') == 'a\\0b' and "
			    "workers[1] or nil");
	assert_int_equal(policy_pick(subject.policy), 0);
	unload(&subject);
}

/* --- what goes wrong --- */

static void
a_wrong_pick_fails_with_a_reason(void **state)
{
	static const struct {
		const char *body, *error;
	} rows[] = {
	    {"return 1", "test.lua:1: pick returned 1, not one of the workers"},
	    {"return false", "pick returned false, not one of"},
	    {"return 'w1'", "pick returned the text \"w1\", not one of"},
	    {"return {}", "pick returned a table, not one of"},
	    {"return workers", "pick returned a table, not one of"},
	    {"return workers[1].name", "pick returned the text \"w0\""},
	    {"return request", "pick returned a table, not one of"},
	    {"return 0/0", "pick returned nan, not one of"},
	    {"return 1LL", "pick returned a cdata, not one of"},
	    {"return print", "pick returned a function, not one of"},
	    {"error('no')", "test.lua:1: no"},
	    {"error()", "test.lua:1: an error that is a nil, not a text"},
	    {"error(setmetatable({}, { __tostring = error }))",
		"test.lua:1: an error that is a table, not a text"},
	    {"local function f() return 1 + f() end  return f()",
		"stack overflow"},
	    {"coroutine.yield()", "test.lua:1: attempt to yield"},
	    {"return coroutine.wrap(function() error('in') end)()", ": in"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct subject subject;

		load_pick(&subject, rows[i].body);
		assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
		assert_contains(last_error(&subject), rows[i].error);
		unload(&subject);
	}
}

/* Attempts to get out, or at other memory; each must end in this error. */
struct bad_body {
	const char *body, *error;
};

static void
assert_fails(const struct bad_body *row)
{
	struct subject subject;

	load_pick(&subject, row->body);
	if (policy_pick(subject.policy) != POLICY_FAILED)
		fail_msg("%s: no error", row->body);
	if (strstr(last_error(&subject), row->error) == NULL)
		fail_msg("%s: %s", row->body, last_error(&subject));
	unload(&subject);
}

static void
a_policy_cannot_leave_its_sandbox(void **state)
{
	static const struct bad_body rows[] = {
	    {"io.open('/etc/passwd')", "a policy cannot use io"},
	    {"os.execute('true')", "a policy cannot use os"},
	    {"debug.getregistry()", "a policy cannot use debug"},
	    {"package.loadlib('x', 'y')", "a policy cannot use package"},
	    {"ffi.cast('int', 1)", "a policy cannot use ffi"},
	    {"jit.off()", "a policy cannot use jit"},
	    {"load('return 1')", "a policy cannot use load"},
	    {"loadstring('return 1')", "a policy cannot use loadstring"},
	    {"dofile('x')", "a policy cannot use dofile"},
	    {"loadfile('x')", "a policy cannot use loadfile"},
	    {"collectgarbage('stop')", "a policy cannot use collectgarbage"},
	    {"getfenv(0)", "a policy cannot use getfenv"},
	    {"setfenv(1, {})", "a policy cannot use setfenv"},
	    {"newproxy(true)", "a policy cannot use newproxy"},
	    {"module('x')", "a policy cannot use module"},
	    {"require('ffi')", "there is no module \"ffi\" for policies"},
	    {"require('jit')", "there is no module \"jit\" for policies"},
	    {"require('io')", "there is no module \"io\" for policies"},
	    {"require('debug')", "there is no module \"debug\" for policies"},
	    {"require('string.buffer')", "there is no module \"string.buffer"},
	    {"require('gateway.runtime')",
		"there is no module \"gateway.runtime"},
	    {"require('picket.absent')", "there is no module \"picket.absent"},
	    {"require('picket./../gateway/runtime')", "there is no module"},
	    {"require({})", "there is no module \"table"},
	    {"require()", "there is no module \"nil"},
	    {"string.dump(print)", "attempt to call field 'dump'"},
	    {"(''):dump()", "attempt to call method 'dump'"},
	    {"x = 1", "assignment to the global \"x\"; write: local x"},
	    {"_G.x = 1", "assignment to the global \"x\"; write: local x"},
	    {"function helper() end", "assignment to the global \"helper\""},
	    {"setmetatable(_G, nil)", "cannot change a protected metatable"},
	    {"setmetatable('', {})", "bad argument #1 to 'setmetatable'"},
	    {"getmetatable('').__index = nil", "attempt to index"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_fails(&rows[i]);
}

static void
a_policy_can_only_read_what_it_is_given(void **state)
{
	static const struct bad_body rows[] = {
	    {"getmetatable(workers[1]).__index = nil", "attempt to index"},
	    {"getmetatable(request).__index = nil", "attempt to index"},
	    {"setmetatable(request, nil)",
		"cannot change a protected metatable"},
	    {"setmetatable(workers[1], nil)", "bad argument #1"},
	    {"request.func = 'x'",
		"the field func of the request is read-only"},
	    {"request.x = 'x'", "the field x of the request is read-only"},
	    {"return request.fucn", "the request has no field \"fucn\""},
	    {"return request[1]", "the request has no field \"1\""},
	    {"return request:header()", "name of a header is a string"},
	    {"return request:header({})", "name of a header is a string"},
	    {"return workers[1]:has()", "name of a package or function is"},
	    {"return workers[1]:has(1)", "name of a package or function is"},
	    {"workers[1].inflight = 0", "is read-only"},
	    {"workers[1].capacity = 0", "is read-only"},
	    {"workers[1].name = 'x'", "is read-only"},
	    {"workers[1].x = 'x'", "is read-only"},
	    {"workers[1][0] = 1", "is read-only"},
	    {"return workers[1].nmae", "a worker has no field \"nmae\""},
	    {"return workers[1][0]", "a worker has no field \"0\""},
	    {"return workers[1][-1]", "a worker has no field \"-1\""},
	    {"return workers[1][1000000000]",
		"a worker has no field \"1000000000"},
	    {"return workers[1][1LL]", "a worker has no field \"1LL\""},
	    {"return workers[1][workers[2]]",
		"a worker has no field \"worker w1\""},
	    {"return workers[1][{}]", "a worker has no field \"table"},
	    {"return workers[1][nil]", "a worker has no field \"nil\""},
	    {"return workers[1] + 1", "attempt to perform arithmetic"},
	    {"return workers[1] + 1LL", "attempt to perform arithmetic"},
	    {"return workers[2] - workers[1]", "attempt to perform arithmetic"},
	    {"return -workers[1]", "attempt to perform arithmetic"},
	    {"return #workers[1]", "attempt to get length"},
	    {"return workers[1] .. ''", "attempt to concatenate"},
	    {"return workers[1] < workers[2]", "attempt to compare"},
	    {"return workers[1]()", "is not callable"},
	    {"return workers[1].is_free()",
		"is_free was called without a worker"},
	    {"return workers[1].is_free(1LL)",
		"is_free was called without a worker"},
	    {"return workers[1].is_free({})",
		"is_free was called without a worker"},
	    {"return workers[1].has({ slot = 9e9 }, 'x')", "without a worker"},
	    {"return workers[1].is_warm({ slot = 9e9 }, 'x')",
		"without a worker"},
	    {"return workers[1].is_free({ inflight = 0, capacity = 1, "
	     "slot = 2^40 })",
		"without a worker"},
	    {"bit.band(workers[1], 1)", "bad argument #1 to 'band'"},
	    {"unpack(workers[1])", "bad argument #1 to 'unpack'"},
	    {"return pairs(workers[1])()", "no '__pairs' metamethod"},
	    {"next(workers[1])", "bad argument #1 to 'next'"},
	    {"return ipairs(workers[1])()", "has no '__ipairs' metamethod"},
	    {"rawget(workers[1], 1)", "bad argument #1 to 'rawget'"},
	    {"rawset(workers[1], 1, 2)", "bad argument #1 to 'rawset'"},
	    {"table.insert(workers[1], 2)", "bad argument #1 to 'insert'"},
	    {"math.floor(workers[1])", "bad argument #1 to 'floor'"},
	    {"string.rep(workers[1], 2)", "bad argument #1 to 'rep'"},
	    {"for i = 1, workers[1] do end", "'for' limit must be a number"},
	    {"return tonumber(workers[1]) + 1",
		"attempt to perform arithmetic"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_fails(&rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_policy_that_does_not_load_says_why),
	    cmocka_unit_test(start_gets_the_options_and_the_workers),
	    cmocka_unit_test(two_instances_share_nothing),
	    cmocka_unit_test(random_numbers_follow_the_seed),
	    cmocka_unit_test(a_pick_returns_the_slot_of_the_worker),
	    cmocka_unit_test(nil_means_that_none_suits),
	    cmocka_unit_test(without_workers_none_suits),
	    cmocka_unit_test(a_policy_sees_what_the_contract_names),
	    cmocka_unit_test(
		an_unregistered_function_has_its_name_and_no_packages),
	    cmocka_unit_test(a_header_value_may_hold_any_byte),
	    cmocka_unit_test(a_wrong_pick_fails_with_a_reason),
	    cmocka_unit_test(a_policy_cannot_leave_its_sandbox),
	    cmocka_unit_test(a_policy_can_only_read_what_it_is_given),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
