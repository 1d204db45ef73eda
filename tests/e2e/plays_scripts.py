"""Policies that people write: what they are given, and what becomes of their mistakes."""

from policies import NAMED, picking
from stage import deadline
from wire import holds, same
from worker import answers, hello

SPIN = picking("while true do end")
NONSENSE = [
    ("an error", picking("error('oh no')")),
    ("an index of nil", picking("return workers[1].nothing.at_all")),
    ("a text", picking("return 'worker1'")),
    ("a number", picking("return 1")),
    ("a table", picking("return {}")),
    ("true", picking("return true")),
    ("an error that is a table", picking("error({})")),
    ("a stack that overflows", picking("local function f() return 1 + f() end return f()")),
    ("a change to a worker", picking("workers[1].inflight = 5 return workers[1]")),
    ("poisoned strings", picking(
        "getmetatable('').__index = error return request.func:upper()")),
    ("an endless loop", SPIN),
    ("an endless pattern", picking(
        "return (('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b*.-c')")),
    ("endless memory", picking("local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end")),
    ("an endless coroutine", picking("coroutine.wrap(function() while true do end end)()")),
    ("an endless loop in pcall", picking(
        "while true do pcall(function() while true do end end) end")),
]


def _picket(stage, text, *workers, options=None, **config):
    workers = workers or (stage.worker(hello, "worker1"), stage.worker(hello, "worker2"))
    policy = {1: "./mine.lua", **(options or {})}
    return stage.picket(*workers, policy=policy, files={"mine.lua": text}, **config)


def a_policy_may_pick_by_header(stage):
    gateway = _picket(stage, NAMED)
    for name in ("worker2", "worker1", "worker2"):
        same(gateway.fetch("/run/f", f"X-Worker: {name}").body.decode(), name, "who answered")


def a_policy_is_given_its_options(stage):
    gateway = _picket(stage, """
        local favourite
        return {
            start = function(options) favourite = options.favourite end,
            pick = function(_, workers) return workers[favourite] end,
        }""", options={"favourite": 2})
    same(gateway.fetch().body, b"worker2", "who answered")


def a_policy_sees_the_workers_as_they_are(stage):
    worker = stage.worker(hello)
    text = picking(f"""
        local w = workers[1]
        if request.func ~= "real" then return w end
        assert(#workers == 1 and w.name == "one" and w.url == "{worker.url}")
        assert(w.weight == 2.5 and w.capacity == 7 and w.inflight == 0)
        assert(w:is_free() and not w:is_warm("never"))
        assert(type(w.latency_ms) == "number" and type(w.served) == "number")
        assert(type(w.failed) == "number" and type(w.utilization) == "number")
        return w""")
    gateway = _picket(stage, text, {"url": worker.url, "name": "one", "weight": 2.5,
                                    "capacity": 7})
    for _ in range(3):
        gateway.fetch("/run/real")
    same(gateway.status()["policy"]["errors"], 0, "errors of the policy")


def a_policy_sees_the_request_as_it_is(stage):
    text = picking("""
        local r = request
        if r.func ~= "real" then return workers[1] end
        assert(r.method == "POST" and r.path == "/run/real/g?x=1", r.path)
        assert(r.client == "127.0.0.1" and r.body_length == 3 and r.attempt == 1)
        assert(#r.packages == 0 and type(r.now) == "number")
        assert(r:header("X-A") == "b" and r:header("x-a") == "b" and r:header("None") == nil)
        return workers[1]""")
    gateway = _picket(stage, text)
    client = gateway.connect()
    client.post("/run/real/g?x=1", b"abc", "X-A: b")
    client.expect(200)
    same(gateway.status()["policy"]["errors"], 0, "errors of the policy")


def a_policy_hears_how_it_went(stage):
    text = """
        local choice = 1
        return {
            pick = function(_, workers) return workers[choice] end,
            done = function(request, worker, outcome)
                local expected = request.func == "f" and worker.name == "worker1"
                    and outcome.status == 418 and outcome.latency_ms >= 0
                choice = expected and 2 or 1
            end,
        }"""
    gateway = _picket(stage, text, stage.worker(answers(418)), stage.worker(hello))
    gateway.fetch(status=418)
    same(gateway.fetch().body, b"worker2", "who answered after the first was done")


def a_policy_hears_of_attempts_that_fail(stage):
    text = """
        local avoided
        return {
            pick = function(_, workers) return workers[avoided == "worker1" and 2 or 1] end,
            done = function(_, worker, outcome)
                if outcome.error and outcome.status == 0 then avoided = worker.name end
            end,
        }"""
    gone, here = stage.worker(hello, "worker1"), stage.worker(hello, "worker2")
    gone.stop()
    gateway = _picket(stage, text, gone, here, retry={"attempts": 1})
    gateway.fetch(status=502)
    same(gateway.fetch().body, b"worker2", "who answered after the failure was told")


def a_policy_may_ask_for_headers_of_the_answer(stage):
    text = """
        local choice = 1
        return {
            headers = { "X-Load" },
            pick = function(_, workers) return workers[choice] end,
            done = function(_, _, outcome)
                choice = outcome.headers["x-load"] == "high" and 2 or 1
            end,
        }"""
    gateway = _picket(stage, text, stage.worker(answers(200, "", "x-load: high")),
                      stage.worker(hello, "worker2"))
    gateway.fetch()
    same(gateway.fetch().body, b"worker2", "who answered after the load was told")


def who_waits_is_picked_for_again_after_a_tick(stage):
    text = """
        local ticks = 0
        return {
            tick_ms = 20,
            tick = function() ticks = ticks + 1 end,
            pick = function(request, workers)
                local begun = request.func ~= "late" or ticks > 2
                return begun and workers[1] or nil
            end,
        }"""
    _picket(stage, text).fetch("/run/late")


def a_policy_hears_of_changes(stage):
    text = """
        local known = 0
        return {
            changed = function(workers) known = #workers end,
            pick = function(_, workers) return workers[known] end,
        }"""
    gateway = _picket(stage, text)
    more = stage.worker(hello)
    gateway.admin.expect(200, "POST /workers/add", {"url": more.url, "name": "more"})
    stage.until(lambda: gateway.fetch().body == b"worker3", "the third is known")


def a_policy_ticks(stage):
    text = """
        local ticks = 0
        return {
            tick_ms = 10,
            tick = function(now) assert(type(now) == "number") ticks = ticks + 1 end,
            pick = function(_, workers) return workers[ticks > 3 and 2 or 1] end,
        }"""
    gateway = _picket(stage, text)
    stage.until(lambda: gateway.fetch().body == b"worker2", "some ticks have passed")


def a_worker_gets_warm_by_use(stage):
    text = picking("""
        if request.func == "asks" then
            return workers[workers[1]:is_warm("uses") and 2 or 1]
        end
        return workers[1]""")
    gateway = _picket(stage, text)
    same(gateway.fetch("/run/asks").body, b"worker1", "who answered while cold")
    gateway.fetch("/run/uses")
    same(gateway.fetch("/run/asks").body, b"worker2", "who answered when warm")


def a_policy_may_require_the_library(stage):
    gateway = _picket(stage, 'local hash = require("picket.hash")\n' + picking(
        "assert(type(hash) == 'table') return workers[2]"))
    same(gateway.fetch().body, b"worker2", "who answered")


@deadline(90)
def a_policy_that_fails_is_replaced_by_the_fallback(stage):
    for name, text in NONSENSE:
        with stage.row(name):
            broken = text.replace("(request, workers)", "(request, workers)\n"
                                  'if request.func ~= "bad" then return workers[1] end')
            gateway = _picket(stage, broken)
            for _ in range(3):
                gateway.fetch("/run/bad")
            policy = gateway.status()["policy"]
            holds(policy["errors"] >= 3 and policy["fallbacks"] >= 3, f"it is counted: {policy}")
            gateway.fetch("/run/good")
            gateway.expect_message("mine.lua")
            gateway.stop()


def no_request_is_lost_to_a_policy_that_hangs(stage):
    worker = stage.worker()
    gateway = _picket(stage, SPIN.replace(
        "while", "if request.func ~= 'bad' then return workers[1] end while"), worker)
    waiting = gateway.connect()
    waiting.get("/run/good")
    call = worker.call()
    hanging = gateway.connect()
    hanging.get("/run/bad")
    other = gateway.connect()
    other.get("/run/good")
    others = [worker.call() for _ in range(2)]
    call.answer(200, "not lost")
    same(waiting.expect(200).body, b"not lost", "body")
    for call in others:
        call.answer()
    hanging.expect(200)
    other.expect(200)


@deadline(90)
def slow_picks_of_many_are_no_standstill(stage):
    # Each stays within its limit; all of them, made in one turn of the loop, take 6 seconds or so.
    # Those made up by the trial are quick.
    gateway = _picket(stage, picking("""
        local sum = 1
        for i = 1, request.func == "slow" and 3e7 or 0 do sum = sum + i % 7 end
        return workers[sum > 0 and 1 or 2]"""), policy_limits={"time_ms": 2000})
    before = gateway.pids("proxy")
    clients = [gateway.connect() for _ in range(50)]
    for client in clients:
        client.get("/run/slow")
    for client in clients:
        client.sock.settimeout(60)
        client.expect(200)
    same(gateway.pids("proxy"), before, "the proxy")


def slow_picks_make_no_connection_late(stage):
    # All that the picks of a turn take is longer than a connection may take, which is there at once.
    gateway = _picket(stage, picking("""
        local sum = 1
        for i = 1, 2e6 do sum = sum + i % 7 end
        return workers[sum > 0 and 1 or 2]"""), timeouts={"connect": 0.3})
    clients = [gateway.connect() for _ in range(150)]
    for client in clients:
        client.get("/run/f")
    for client in clients:
        client.expect(200)


@deadline(90)
def a_policy_that_hangs_when_workers_change_takes_no_proxy_along(stage):
    gateway = _picket(stage, """
        local function hang(workers) while #workers > 2 do end end
        return {
            start = function(_, workers) hang(workers) end,
            changed = hang,
            pick = function(_, workers) return workers[1] end,
        }""", policy_limits={"time_ms": 2000})
    before, client = gateway.pids("proxy"), gateway.connect()
    client.sock.settimeout(60)
    client.get()
    client.expect(200)
    gateway.admin.expect(200, "POST /workers/add", {"url": stage.worker(hello).url})
    stage.until(lambda: gateway.status()["policy"]["quarantined"], "it is given up", 60)
    client.get()
    client.expect(200)
    same(gateway.pids("proxy"), before, "the proxy")


def a_policy_that_errs_is_not_written_down_every_time(stage):
    gateway = _picket(stage, picking(
        "if request.func == 'bad' then error('oh no') end return workers[1]"))
    client = gateway.connect()
    for _ in range(200):
        client.get("/run/bad")
        client.expect(200)
    holds(gateway.messages().count("oh no") < 50, "200 errors are a few messages")


def a_policy_that_keeps_failing_is_not_called_until_the_next_reload(stage):
    text = picking("""
        if request.func == "bad" then error("oh no") end
        return workers[2]""")
    gateway = _picket(stage, text)
    client = gateway.connect()
    for _ in range(500):
        client.get("/run/bad")
        client.expect(200)
    gateway.expect_message("not called any more")
    same(gateway.fetch().body, b"worker1", "whom the fallback picks")
    gateway.reload()
    same(gateway.fetch().body, b"worker2", "whom the policy picks after a reload")


def a_policy_in_quarantine_is_told_by_status_metrics_and_command(stage):
    gateway = _picket(stage, picking("return nil .. 'oh no'\n").replace(
        "return nil", "if request.func ~= 'bad' then return workers[1] end\nreturn nil"))
    before = gateway.status()["policy"]
    same((before["errors"], before["quarantined"], "since_s" in before), (0, 0, False), "before")
    client = gateway.connect()
    for _ in range(150):
        client.get("/run/bad")
        client.expect(200)
    stage.until(lambda: gateway.status()["policy"]["quarantined"] == 1, "it is in quarantine")
    policy = gateway.status()["policy"]
    same((policy["errors"], policy["losses"], policy["fallbacks"]), (100, 0, 150), "how often")
    holds("mine.lua:3:" in policy["last_error"], f"file and line: {policy}")
    holds(0 <= policy["since_s"] < gateway.status()["uptime_s"], f"since when: {policy}")
    metrics = gateway.admin.metrics()
    same([metrics[f"picket_{name}"] for name in (
        "pick_errors_total", "pick_fallbacks_total", "policy_errors", "policy_quarantined")],
        [100, 150, 100, 1], "metrics")
    text = gateway.cli("status")
    holds("mine.lua:3:" in text and "not called any more" in text, f"the command: {text}")
    gateway.reload()
    after = gateway.status()["policy"]
    same([after[name] for name in ("errors", "losses", "quarantined", "last_error")],
         [0, 0, 0, ""], "after the reload")


def a_failing_done_or_tick_harms_nobody(stage):
    gateway = _picket(stage, """local gone_bad = false return {
        tick_ms = 5,
        tick = function() assert(not gone_bad, "no tick") end,
        done = function() assert(not gone_bad, "no done") end,
        pick = function(request, workers)
            gone_bad = gone_bad or request.func == "bad"
            return workers[1]
        end,
    }""")
    for _ in range(10):
        gateway.fetch("/run/bad")
    stage.until(lambda: gateway.status()["policy"]["errors"] > 0, "the errors are counted")


@deadline(90)
def a_policy_cannot_reach_out_of_its_sandbox(stage):
    for name in ("io", "os", "ffi", "debug", "package.loadlib", "loadfile", "dofile", "jit",
                 "require('ffi')", "require('io')", "string.dump", "collectgarbage('stop')"):
        with stage.row(name):
            text = picking(f"""
                local found, value = pcall(function() return {name} end)
                return workers[found and value and 2 or 1]""")
            gateway = _picket(stage, text)
            same(gateway.fetch().body, b"worker1", f"{name} is not to be had")
            gateway.stop()
