"""Workers that fail what they are given, though their checks are good."""

import os
import signal
import threading

from policies import FIRST
from wire import holds, same
from worker import answers, hang_up_on_head, hello, raw

POLICY = {"policy": "./first.lua", "files": {"first.lua": FIRST}}
QUICK = {"failures": 3, "time": 0.05, "max_time": 60}
LONG = {"failures": 3, "time": 600, "max_time": 600}


def _state(stage, gateway, name, state):
    stage.until(lambda: gateway.workers()[name]["state"] == state,
                lambda: f"{name} is {state}: {gateway.workers()[name]}")


def _fail(gateway, times, status):
    for _ in range(times):
        gateway.fetch(status=status)


def a_worker_that_hangs_up_again_and_again_is_ejected(stage):
    bad = stage.worker(hang_up_on_head, name="bad")
    gateway = stage.picket(bad, stage.worker(hello, name="good"), ejection=LONG, **POLICY)
    _fail(gateway, 3, 200)
    _state(stage, gateway, "bad", "ejected")
    row = gateway.workers()["bad"]
    holds("3 attempts failed" in row["reason"], f"the status says why: {row}")
    holds(0 < row["returns_in_s"] <= 600, f"the status says until when: {row}")
    same(row["ejections"], 1, "ejections")
    _fail(gateway, 5, 200)
    same(bad.connections, 3, "connections to the one that is ejected")
    gateway.expect_message("bad is ejected for 600 s: 3 attempts failed in a row")


def kept_connections_that_are_reset_eject_nobody(stage):
    """They grow old together, and close together, with the next requests unread."""
    together = threading.Barrier(3)

    @raw
    def grow_old(wire):
        wire.read_head()
        together.wait()
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        wire.until_something_comes()
        together.wait()
        wire.close()

    old, other = stage.worker(grow_old, name="old"), stage.worker(hello)
    gateway = stage.picket(old, other, ejection=LONG, **POLICY)
    clients = [gateway.connect() for _ in range(3)]
    for client in clients:
        client.get()
    for client in clients:
        client.expect(200)
    for client in clients:
        client.post("/run/f", b"abc")
    for client in clients:
        client.expect(502).error()
    other.saw(0)
    same(gateway.workers()["old"]["failed"], 0, "failures of the worker")


def a_worker_that_nobody_listens_for_is_ejected(stage):
    gone = stage.worker(name="gone")
    gone.stop()
    gateway = stage.picket(gone, stage.worker(hello), ejection=LONG, **POLICY)
    _fail(gateway, 3, 200)
    _state(stage, gateway, "gone", "ejected")


def a_worker_that_takes_too_long_is_ejected(stage):
    gateway = stage.picket(stage.worker(name="slow"), stage.worker(hello), ejection=LONG,
                           timeouts={"first_byte": 0.05}, **POLICY)
    _fail(gateway, 3, 504)
    _state(stage, gateway, "slow", "ejected")


def an_answer_that_breaks_off_counts_though_its_head_came(stage):
    bad = stage.worker(name="bad")
    gateway = stage.picket(bad, stage.worker(hello), ejection=LONG, **POLICY)
    for _ in range(3):
        client = gateway.connect()
        client.get()
        bad.call().hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        client.expect_cut()
    _state(stage, gateway, "bad", "ejected")


def a_worker_that_answers_503_again_and_again_is_ejected(stage):
    for status in (502, 503, 504):
        bad = stage.worker(answers(status), name="bad")
        gateway = stage.picket(bad, stage.worker(hello), ejection=LONG, **POLICY)
        _fail(gateway, 3, status)
        _state(stage, gateway, "bad", "ejected")


def a_functions_own_500_ejects_nobody(stage):
    gateway = stage.picket(stage.worker(answers(500), name="one"), stage.worker(hello),
                           ejection={**LONG, "failures": 1}, **POLICY)
    _fail(gateway, 20, 500)
    same(gateway.states(), ["up", "up"], "states")


def _by_function(call):
    """/run/bad... is answered 502, anything else well."""
    call.answer(502 if call.target.startswith("/run/bad") else 200)


# The function "away" goes to the last worker, all others to the first.
AWAY = """
return { pick = function(request, workers)
    return workers[request.func == "away" and #workers or 1]
end }
"""


def a_function_that_fails_alone_ejects_nobody(stage):
    """When control ejects the last worker, it has looked at the first one as well."""
    workers = [stage.worker(_by_function), stage.worker(hello), stage.worker(answers(502))]
    gateway = stage.picket(*workers, ejection={"failures": 3, "time": 60, "share": 1},
                           policy="./away.lua", files={"away.lua": AWAY})
    gateway.fetch("/run/good")
    for _ in range(20):
        gateway.fetch("/run/bad", status=502)
    for _ in range(3):
        gateway.fetch("/run/away", status=502)
    _state(stage, gateway, "worker3", "ejected")
    same(gateway.states(), ["up", "up", "ejected"], "states")


def a_worker_that_fails_two_functions_is_ejected(stage):
    gateway = stage.picket(stage.worker(_by_function, name="one"), stage.worker(hello),
                           ejection={"failures": 3, "time": 60}, **POLICY)
    gateway.fetch("/run/good")
    for _ in range(2):
        gateway.fetch("/run/bad1", status=502)
        gateway.fetch("/run/bad2", status=502)
    _state(stage, gateway, "one", "ejected")


def a_429_ejects_nobody(stage):
    gateway = stage.picket(*[stage.worker(answers(429)) for _ in range(2)],
                           ejection={**LONG, "failures": 1}, **POLICY)
    _fail(gateway, 20, 429)
    same(gateway.states(), ["up", "up"], "states")


def failures_with_good_answers_between_them_eject_nobody(stage):
    worker = stage.worker(name="mixed")
    gateway = stage.picket(worker, stage.worker(hello), ejection={**LONG, "failures": 2}, **POLICY)
    client = gateway.connect()
    for status in (503, 200) * 10:
        client.get()
        worker.call().answer(status)
        client.expect(status)
    same(gateway.workers()["mixed"]["ejections"], 0, "ejections")


def an_ejected_worker_comes_back(stage):
    worker = stage.worker(name="back")
    gateway = stage.picket(worker, stage.worker(hello), ejection=QUICK, **POLICY)
    client = gateway.connect()
    for _ in range(3):
        client.get()
        worker.call().answer(503)
        client.expect(503)
    gateway.expect_message("worker back is tried again; it was ejected for")
    client.get()
    worker.call().answer(200, "back")
    same(client.expect(200).body, b"back", "who answered")


def who_fails_again_is_out_for_longer(stage):
    worker = stage.worker(answers(503), name="bad")
    gateway = stage.picket(worker, stage.worker(hello), ejection=QUICK, **POLICY)
    client = gateway.connect()

    def out_for(seconds):
        client.get()
        client.expect_one_of({200, 503})
        return f"bad is ejected for {seconds} s" in gateway.messages()

    for seconds in ("0.05", "0.1", "0.2"):
        stage.until(lambda s=seconds: out_for(s), f"it is ejected for {seconds} s")


def not_all_are_ejected(stage):
    workers = [stage.worker(answers(503)) for _ in range(4)]
    gateway = stage.picket(*workers, ejection=LONG, policy="round_robin")
    _fail(gateway, 40, 503)
    stage.until(lambda: gateway.states().count("ejected") == 2, "half of them are ejected")
    _fail(gateway, 40, 503)
    same(sorted(gateway.states()), ["ejected", "ejected", "up", "up"], "states")


def the_only_worker_is_never_ejected(stage):
    gateway = stage.picket(stage.worker(answers(503)), ejection={**LONG, "failures": 1})
    _fail(gateway, 20, 503)
    same(gateway.states(), ["up"], "states")


def an_ejected_worker_that_fails_its_checks_goes_down(stage):
    bad = stage.worker(answers(503), name="bad")
    checks = {"kind": "openlambda", "interval": 0.05, "rise": 2, "fall": 2}
    gateway = stage.picket(bad, stage.worker(hello), ejection=LONG, health=checks, **POLICY)
    _state(stage, gateway, "bad", "up")
    _fail(gateway, 3, 503)
    _state(stage, gateway, "bad", "ejected")
    bad.health = 503
    _state(stage, gateway, "bad", "down")
    bad.health = 200
    _state(stage, gateway, "bad", "up")


def all_proxies_count_together_and_hear_of_it(stage):
    bad = stage.worker(answers(503), name="bad")
    gateway = stage.picket(bad, stage.worker(hello), ejection=LONG, processes=2, **POLICY)
    statuses = [gateway.connect() for _ in range(12)]
    for client in statuses:
        client.get()
        client.expect_one_of({200, 503})
    _state(stage, gateway, "bad", "ejected")
    stage.until(lambda: _all_are_good(gateway), "no proxy goes there any more")


def _all_are_good(gateway):
    clients = [gateway.connect() for _ in range(8)]
    for client in clients:
        client.get()
    return all(client.expect_one_of({200, 503}).status == 200 for client in clients)


def a_new_control_process_knows_who_is_ejected(stage):
    bad = stage.worker(answers(503), name="bad")
    gateway = stage.picket(bad, stage.worker(hello), ejection=LONG, **POLICY)
    gateway.may_lose_processes = True
    _fail(gateway, 3, 503)
    _state(stage, gateway, "bad", "ejected")
    before = gateway.pids("control")
    os.kill(before[0], signal.SIGKILL)
    stage.until(lambda: gateway.answers_status() and gateway.pids("control") != before,
                "control is back")
    same(gateway.states(), ["ejected", "up"], "states")
