"""Hedging: a second attempt for what takes long; one answer, and nothing left of the other."""

import json
import os
import signal

from policies import FIRST
from wire import holds, same
from worker import by_hand, hello

# Half of the answers of the warm-up are quicker: whatever hangs takes long.
HEDGING = {"percentile": 50, "min_delay": 0.01}


class _Slow:
    """A worker that answers at once until it is told to lie calls down for the play."""

    def __init__(self):
        self.is_slow = False

    def __call__(self, call):
        return by_hand(call) if self.is_slow else hello(call)


def _become_known(client, times=20):
    """So many quick answers of the worker that is picked first."""
    for _ in range(times):
        client.get()
        same(client.expect(200).body, b"slow", "who answers as long as it is quick")


def _slow_and(stage, other=hello, **config):
    """The gateway before a worker that has become slow, and another one."""
    behaviour = _Slow()
    slow, other = stage.worker(behaviour, name="slow"), stage.worker(other, name="other")
    gateway = stage.picket(slow, other, policy="./first.lua",
                           files={"first.lua": FIRST}, **{"hedging": HEDGING, **config})
    client = gateway.connect()
    _become_known(client)
    behaviour.is_slow = True
    return gateway, client, slow, other


def _counters(gateway):
    return gateway.status()["counters"]


def _nothing_in_flight(stage, gateway):
    stage.until(lambda: set(gateway.inflight().values()) == {0}, "nothing is in flight")


def a_slow_request_is_answered_by_another_worker(stage):
    gateway, client, slow, other = _slow_and(stage)
    client.get()
    call = slow.call()
    same(client.expect(200).body, b"other", "who answered")
    call.expect_gone()
    _nothing_in_flight(stage, gateway)
    other.saw(1)
    counters = _counters(gateway)
    same((counters["hedges"], counters["hedges_won"], counters["retries"]), (1, 1, 0), "counters")
    metrics = gateway.admin.metrics()
    same(metrics["picket_hedges_total"], 1, "picket_hedges_total")
    same(metrics["picket_hedges_won_total"], 1, "picket_hedges_won_total")


def the_first_attempt_may_still_win(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first, second = slow.call(), other.call()
    first.answer(200, "first")
    same(client.expect(200).body, b"first", "body")
    second.expect_gone()
    _nothing_in_flight(stage, gateway)
    same(_counters(gateway)["hedges_won"], 0, "hedges that won")


def a_hedged_put_has_its_body_twice(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.request("PUT", "/run/f", body=b"abc" * 1000)
    first, second = slow.call(), other.call()
    same(first.body(), b"abc" * 1000, "body of the first attempt")
    same(second.body(), b"abc" * 1000, "body of the second")
    same(first.head.get("X-Request-Id"), second.head.get("X-Request-Id"), "request id")
    holds(first.head.get("X-Request-Id"), "there is one")
    second.answer(200, "done")
    same(client.expect(200).body, b"done", "body")
    first.expect_gone()


def a_post_is_never_hedged(stage):
    gateway, client, slow, other = _slow_and(stage)
    client.post("/run/f", b"abc")
    call = slow.call()
    asking = gateway.connect()
    asking.get()
    same(asking.expect(200).body, b"other", "who answers what may be repeated")
    slow.call().expect_gone()
    call.answer(200, "posted")
    same(client.expect(200).body, b"posted", "body")
    other.saw(1)


def without_hedging_a_slow_request_stays_where_it_is(stage):
    gateway, client, slow, other = _slow_and(stage, hedging={"percentile": 0})
    client.get()
    call = slow.call()
    stage.until(lambda: gateway.inflight() == {"slow": 1, "other": 0}, "it is there alone")
    call.answer(200, "late")
    same(client.expect(200).body, b"late", "body")
    other.saw(0)
    same(_counters(gateway)["hedges"], 0, "hedges")


def a_hedge_that_fails_changes_nothing(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first = slow.call()
    other.call().hang_up()
    stage.until(lambda: gateway.inflight() == {"slow": 1, "other": 0}, "one is left")
    first.answer(200, "first")
    same(client.expect(200).body, b"first", "body")


def when_the_first_attempt_fails_its_hedge_answers(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first, second = slow.call(), other.call()
    first.hang_up(b"gibberish\r\n\r\n")
    stage.until(lambda: gateway.inflight() == {"slow": 0, "other": 1}, "one is left")
    second.answer(200, "second")
    same(client.expect(200).body, b"second", "body")


def when_both_attempts_fail_it_is_502(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first, second = slow.call(), other.call()
    first.hang_up(b"gibberish\r\n\r\n")
    second.hang_up(b"gibberish\r\n\r\n")
    client.expect(502).error()
    _nothing_in_flight(stage, gateway)


def a_worker_that_dies_takes_only_its_attempt_along(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first = slow.call()
    call = other.call()
    first.over.set()
    slow.stop()
    call.answer(200, "alive")
    same(client.expect(200).body, b"alive", "body")
    _nothing_in_flight(stage, gateway)


def a_client_that_leaves_gives_both_attempts_up(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first, second = slow.call(), other.call()
    client.close()
    first.expect_gone()
    second.expect_gone()
    _nothing_in_flight(stage, gateway)


def a_reload_disturbs_no_hedge(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    client.get()
    first, second = slow.call(), other.call()
    gateway.write_config(hedging={"percentile": 0})
    gateway.reload()
    second.answer(200, "second")
    same(client.expect(200).body, b"second", "body")
    first.expect_gone()
    _nothing_in_flight(stage, gateway)
    client.get()
    call = slow.call()
    stage.until(lambda: gateway.inflight() == {"slow": 1, "other": 0}, "it is there alone")
    call.answer(200, "late")
    same(client.expect(200).body, b"late", "body")
    other.saw(1)


def hedging_may_be_switched_on_by_a_reload(stage):
    behaviour = _Slow()
    slow, other = stage.worker(behaviour, name="slow"), stage.worker(hello, name="other")
    gateway = stage.picket(slow, other, policy="./first.lua", files={"first.lua": FIRST})
    gateway.write_config(hedging=HEDGING)
    gateway.reload()
    client = gateway.connect()
    _become_known(client)
    behaviour.is_slow = True
    client.get()
    call = slow.call()
    same(client.expect(200).body, b"other", "who answered")
    call.expect_gone()


def a_killed_proxy_leaves_no_place_taken_by_its_hedges(stage):
    gateway, client, slow, other = _slow_and(stage, other=by_hand)
    gateway.may_lose_processes = True
    client.get()
    first, second = slow.call(), other.call()
    os.kill(gateway.pids("proxy")[0], signal.SIGKILL)
    first.expect_gone()
    second.expect_gone()
    _nothing_in_flight(stage, gateway)


def hedges_leave_nothing_behind_under_load(stage):
    workers = [stage.worker(hello) for _ in range(3)]
    rows = [{"url": w.url, "name": w.name, "capacity": 1} for w in workers]
    gateway = stage.picket(*rows, processes=2, retry={"budget": 1},
                           hedging={"percentile": 1, "min_delay": 0.001})

    def ask_often():
        client = gateway.connect()
        for _ in range(100):
            client.get()
            client.expect(200)
        client.close()

    for client in [stage.beside(ask_often) for _ in range(6)]:
        client.result()
    _nothing_in_flight(stage, gateway)


def the_access_log_counts_both_attempts_and_names_who_answered(stage):
    gateway, client, slow, _ = _slow_and(
        stage, log={"access": "json", "access_file": "access.log"})
    client.get("/run/f", "X-Request-Id: hedged")
    call = slow.call()
    client.expect(200)
    call.expect_gone()
    gateway.stop()
    lines = [json.loads(line)
             for line in (gateway.folder / "access.log").read_text().splitlines()]
    line = next(line for line in lines if line["request_id"] == "hedged")
    same((line["attempts"], line["worker"], line["status"]), (2, "other", 200), "the line")
