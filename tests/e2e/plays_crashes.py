"""Crashes: what dies takes its own connections with it, and nothing else."""

import contextlib
import os
import signal

from stage import deadline
from wire import Ended, holds, same
from worker import echo, hello


def _another(gateway, kind, before):
    """There are processes of this kind, none of which was there before."""
    now = gateway.pids(kind)
    return 0 not in now and not set(now) & set(before)


def _load(gateway, stage, clients=8, turns=80):
    """Clients that ask with a body of their own and come back when they are cut: their threads."""

    def live(number):
        answered = 0
        for turn in range(turns):
            label = b"<%d %d>" % (number, turn)
            client = gateway.connect()
            try:
                client.post("/run/f", label)
                same(client.expect(200).body, label, "whose answer")
                answered += 1
            except (Ended, ConnectionError):
                pass
            client.close()
        return answered

    return [stage.beside(lambda n=n: live(n)) for n in range(clients)]


def connections_that_wait_outlive_their_proxy(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.may_lose_processes = True
    pid = gateway.pids("proxy")[0]
    os.kill(pid, signal.SIGSTOP)
    waiting = [gateway.connect() for _ in range(20)]
    for client in waiting:
        client.get()
    os.kill(pid, signal.SIGKILL)
    for client in waiting:
        client.expect(200)


def _crashes_are_asked_for():
    """No sanitizer is to report a fault that a play has sent."""
    os.environ["ASAN_OPTIONS"] = "handle_segv=0"


def a_crash_is_no_worse_than_a_kill(stage):
    _crashes_are_asked_for()
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 2})
    gateway.may_lose_processes = True
    held, queued = [gateway.connect() for _ in range(2)], gateway.connect()
    for client in held:
        client.get()
    calls = [worker.call() for _ in held]
    queued.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    os.kill(gateway.pids("proxy")[0], signal.SIGSEGV)
    for call in calls:
        call.expect_gone()
    for client in (*held, queued):
        client.expect_closed()
    stage.until(lambda: gateway.inflight() == {"one": 0}, "the places are given back")
    same(gateway.queued(), 0, "who waits now")
    clients = [gateway.connect() for _ in range(2)]
    for client in clients:
        client.get()
    for _ in clients:
        worker.call().answer()
    for client in clients:
        client.expect(200)


@deadline(90)
def killing_proxies_under_load_loses_no_place(stage):
    _crashes_are_asked_for()
    workers = [{"url": stage.worker(echo).url, "name": f"w{n}", "capacity": 2} for n in range(2)]
    gateway = stage.picket(*workers, processes=2)
    gateway.may_lose_processes = True
    threads = _load(gateway, stage)
    for victim, number in enumerate([signal.SIGKILL, signal.SIGSEGV] * 3):
        pid = gateway.pids("proxy")[victim % 2]
        os.kill(pid, number)
        stage.until(lambda: gateway.pids("proxy")[victim % 2] not in (0, pid),
                    "it has a successor")
    holds(sum(thread.result() for thread in threads) > 0, "some were answered")
    stage.until(lambda: gateway.inflight() == {"w0": 0, "w1": 0}, "nothing is in flight")
    gateway.fetch()


@deadline(90)
def traffic_does_not_notice_that_control_dies(stage):
    gateway = stage.picket(stage.worker(echo), processes=2)
    gateway.may_lose_processes = True
    threads = _load(gateway, stage, clients=4)
    while not all(thread.done() for thread in threads):
        before = gateway.pids("control")
        os.kill(before[0], signal.SIGKILL)
        stage.until(lambda: gateway.answers_status() and _another(gateway, "control", before),
                    "there is another control process")
    same([thread.result() for thread in threads], [80] * 4, "requests that were answered")


def health_and_membership_outlive_control(stage):
    names = ("up", "down", "drained", "heavy", "removed")
    workers = {name: stage.worker(hello, name=name) for name in names}
    gateway = stage.picket(*workers.values(), health={
        "kind": "http", "path": "/health", "interval": 0.05, "rise": 100, "fall": 1})
    gateway.may_lose_processes = True
    workers["down"].health = 500
    gateway.admin.expect(200, "POST /workers/drain", {"name": "drained"})
    gateway.admin.expect(200, "POST /workers/weight", {"name": "heavy", "weight": 7})
    gateway.admin.expect(200, "POST /workers/remove", {"name": "removed"})
    stage.until(lambda: gateway.workers()["down"]["state"] == "down", "one is down")
    workers["down"].health = 200
    pid = gateway.pids("control")
    os.kill(pid[0], signal.SIGKILL)
    stage.until(lambda: gateway.answers_status() and _another(gateway, "control", pid),
                "there is another control process")
    rows = gateway.workers()
    same({name: row["state"] for name, row in rows.items()},
         {"up": "up", "down": "down", "drained": "draining", "heavy": "up"}, "states after")
    same(rows["heavy"]["weight"], 7, "weight after")


def a_reload_outlives_control(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.may_lose_processes = True
    gateway.write_config(policy="round_robin")
    gateway.reload()
    pid = gateway.pids("control")
    os.kill(pid[0], signal.SIGKILL)
    stage.until(lambda: gateway.answers_status() and _another(gateway, "control", pid),
                "there is another control process")
    same(gateway.status()["policy"]["name"], "round_robin", "policy")


def a_storm_of_restarts_backs_off(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.may_lose_processes = True

    def kill_until_it_waits():
        for pid in filter(None, gateway.pids("proxy")):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return "proxy/0 starts again in 0.4 s" in gateway.messages()

    stage.until(kill_until_it_waits, "each successor of the short-lived waits longer")
    gateway.fetch()


def without_a_supervisor_a_dead_proxy_gives_its_places_back(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, processes=2)
    gateway.may_lose_processes = True
    client = gateway.connect()
    client.get()
    call = worker.call()
    others = gateway.pids("proxy") + gateway.pids("control")
    gateway.signal(signal.SIGKILL)
    stage.until(lambda: gateway.messages().count("supervisor is gone") == 3, "all have noticed")
    for pid in gateway.pids("proxy"):
        if gateway.inflight()["one"]:
            os.kill(pid, signal.SIGKILL)
            stage.until(lambda pid=pid: pid not in gateway.pids("proxy"), "its death is seen")
    same(gateway.inflight(), {"one": 0}, "in flight after")
    call.expect_gone()
    client.expect_closed()
    for pid in set(others) & set(gateway.pids("proxy") + gateway.pids("control")):
        os.kill(pid, signal.SIGTERM)
    gateway.expect_exit(-signal.SIGKILL)


def a_second_gateway_says_who_may_hold_its_address(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.may_lose_processes = True
    gateway.signal(signal.SIGKILL)
    stage.until(lambda: gateway.messages().count("supervisor is gone") == 2, "all have noticed")
    text = gateway.cli("run", status=1)
    for words in (gateway.config["listen"], "lost its supervisor", "picket stop"):
        with stage.row(words):
            holds(words in text, f"the refusal names it: {text!r}")
    gateway.cli("stop")
    gateway.expect_exit(-signal.SIGKILL)
    gateway.start()
    gateway.fetch()
