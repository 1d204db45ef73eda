"""Reload: everything new at once, everywhere or nowhere, and nothing in flight is disturbed."""

import json
import os
import signal
import threading

from policies import FIRST, always
from stage import deadline
from wire import holds, same
from worker import hello

MINE = "mine.lua"


def _edited(stage, text=FIRST, **config):
    """A gateway with a policy of its own in front of worker1 and worker2."""
    workers = stage.worker(hello), stage.worker(hello)
    files = {MINE: text, "r.json": "[]"}
    return stage.picket(*workers, policy="./" + MINE, files=files, **config)


def _who(gateway):
    return gateway.fetch().body.decode()


def an_edited_policy_is_seen_after_sighup(stage):
    gateway = _edited(stage, always("worker1"))
    same(_who(gateway), "worker1", "who answered before")
    gateway.write(MINE, always("worker2"))
    same(_who(gateway), "worker1", "who answered before the signal")
    gateway.hup()
    same(_who(gateway), "worker2", "who answered after")


def an_edited_policy_is_seen_after_picket_reload(stage):
    gateway = _edited(stage, always("worker1"))
    gateway.write(MINE, always("worker2"))
    gateway.cli("reload")
    same(_who(gateway), "worker2", "who answered after")


def a_reload_answers_with_its_generation(stage):
    gateway = _edited(stage)
    before = gateway.generations()
    answer = gateway.reload()
    same(gateway.generations(), [answer["generation"]], "generation that runs")
    holds(answer["generation"] > before[0], "it is newer")


def another_policy_may_be_chosen(stage):
    gateway = stage.picket(stage.worker(hello), stage.worker(hello), policy="round_robin")
    same(len({_who(gateway) for _ in range(4)}), 2, "workers that answered")
    gateway.write_config(policy={1: "least_loaded", "ties": "first"})
    gateway.hup()
    same({_who(gateway) for _ in range(4)}, {"worker1"}, "who answered after")
    same(gateway.status()["policy"]["name"], "least_loaded", "name in the status")


def a_worker_added_to_the_file_is_used(stage):
    gateway = stage.picket(stage.worker(hello), policy="round_robin")
    more = stage.worker(hello)
    gateway.write_config(workers=gateway.config["workers"] + [{"url": more.url, "name": "more"}])
    gateway.hup()
    stage.until(lambda: gateway.workers().get("more", {}).get("state") == "up", "it is up")
    stage.until(lambda: _who(gateway) == "worker2", "it answers")


def a_worker_removed_from_the_file_finishes_what_it_has(stage):
    leaving, staying = stage.worker(), stage.worker(hello)
    gateway = stage.picket(leaving, staying, policy="./first.lua", files={"first.lua": FIRST})
    client = gateway.connect()
    client.get()
    call = leaving.call()
    gateway.write_config(workers=gateway.config["workers"][1:])
    gateway.hup()
    same({_who(gateway) for _ in range(3)}, {"worker2"}, "who answers now")
    call.answer(200, "finished")
    same(client.expect(200).body, b"finished", "body")
    stage.until(lambda: list(gateway.workers()) == ["worker2"], "it is gone")


def a_name_that_was_added_and_is_listed_with_another_url_is_refused(stage):
    added, listed = stage.worker(hello), stage.worker(hello)
    gateway = stage.picket()
    gateway.cli("workers", "add", added.url, "--name", "x")
    gateway.write_config(workers=[{"url": listed.url, "name": "x"}])
    said = gateway.cli("reload", status=1)
    for part in (str(gateway.file), '"x"', added.url, listed.url, "picket workers remove x"):
        holds(part in said, f"{part!r} is in {said!r}")
    same([row["url"] for row in gateway.status()["workers"]], [added.url], "workers")
    gateway.cli("workers", "remove", "x")
    gateway.reload()
    same([row["url"] for row in gateway.status()["workers"]], [listed.url], "workers")


def a_worker_that_was_added_is_called_as_the_file_calls_it(stage):
    worker = stage.worker(hello)
    gateway = stage.picket()
    gateway.cli("workers", "add", worker.url, "--name", "x")
    gateway.fetch()
    gateway.write_config(workers=[{"url": worker.url, "name": "y"}])
    gateway.hup()
    same([(row["name"], row["served"]) for row in gateway.status()["workers"]], [("y", 1)],
         "names and requests served")


def a_worker_may_change_its_capacity(stage):
    worker = stage.worker()
    row = {"url": worker.url, "name": "one", "capacity": 1}
    gateway = stage.picket(row)
    first, second = gateway.connect(), gateway.connect()
    first.get()
    calls = [worker.call()]
    second.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    gateway.write_config(workers=[{**row, "capacity": 2}])
    gateway.hup()
    calls.append(worker.call())
    for call in calls:
        call.answer()
    first.expect(200)
    second.expect(200)


def a_registry_is_read_again(stage):
    files = {"r.json": json.dumps([{"handle": "old", "pkgs": []}])}
    gateway = stage.picket(stage.worker(hello), registry="r.json", files=files)
    gateway.fetch("/run/new", status=404)
    gateway.write("r.json", json.dumps([{"handle": "new", "pkgs": []}]))
    gateway.hup()
    gateway.fetch("/run/new")
    gateway.fetch("/run/old", status=404)


def routes_limits_and_timeouts_are_read_again(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.fetch("/other/f", status=404)
    gateway.write_config(routes=[{"prefix": "/other/"}], limits={"uri_bytes": 64})
    gateway.hup()
    gateway.fetch("/other/f")
    gateway.fetch("/run/f", status=404)
    gateway.fetch("/other/" + "f" * 64, status=414)


BAD_FILES = [
    ("a syntax error", MINE, "return {"),
    ("a policy without pick", MINE, "return {}"),
    ("a policy that is no table", MINE, "return 42"),
    ("a policy that fails to load", MINE, "error('oh no')"),
    ("a policy whose start fails", MINE,
     "return { start = function() error('oh no') end, pick = function() end }"),
    ("a policy that returns nonsense", MINE, "return { pick = function() return 42 end }"),
    ("a policy that uses io", MINE, "local f = io.open('x') return { pick = function() end }"),
    ("a configuration that is no Lua", "scheduler.lua", "hello world"),
    ("a configuration with an unknown key", "scheduler.lua", "return { wrokers = {} }"),
    ("a configuration that fails", "scheduler.lua", "error('oh no')"),
    ("an empty configuration", "scheduler.lua", ""),
    ("a registry that is no JSON", "r.json", "[{"),
]


def a_bad_file_changes_nothing_and_says_why(stage):
    gateway = _edited(stage, always("worker1"), processes=2, unknown_function="forward",
                      registry="r.json")
    for name, file, text in BAD_FILES:
        with stage.row(name):
            before = (gateway.folder / file).read_text()
            gateway.write(file, text)
            reason = gateway.reload_refused()
            gateway.write(file, before)
            holds(file in reason, f"the reason names {file}: {reason!r}")
            holds(file in gateway.messages(), "the log names the file")
            same(_who(gateway), "worker1", "who answers")
    gateway.reload()


@deadline(90)
def a_file_that_does_not_end_changes_nothing_and_holds_up_nobody(stage):
    stage.patience *= 2
    gateway = _edited(stage, always("worker1"))
    for file, text in (("scheduler.lua", "while true do end"), (MINE, "while true do end"),
                       (MINE, "return { pick = function() while true do end end }")):
        with stage.row(f"{file}: {text}"):
            before = (gateway.folder / file).read_text()
            gateway.write(file, text)
            reload = stage.beside(gateway.reload_refused)
            same(_who(gateway), "worker1", "who answers meanwhile")
            holds(file in reload.result(), "the reason names the file")
            gateway.write(file, before)


def a_file_that_is_gone_changes_nothing_and_says_why(stage):
    gateway = _edited(stage, always("worker1"))
    for file in ("scheduler.lua", MINE, "r.json"):
        with stage.row(file):
            text = (gateway.folder / file).read_text()
            gateway.write_config(registry="r.json", unknown_function="forward")
            (gateway.folder / file).unlink()
            holds(file in gateway.reload_refused(), "the reason names the file")
            same(_who(gateway), "worker1", "who answers")
            gateway.write(file, text)


def what_only_a_start_reads_is_told(stage):
    gateway = _edited(stage)
    gateway.write_config(processes=2)
    holds("processes" in str(gateway.reload()), "the answer says what was left out")
    same(len(gateway.pids("proxy")), 1, "proxies")
    gateway.config["processes"] = 1


@deadline(90)
def a_reload_does_not_wait_for_ever_for_a_proxy_that_stands_still(stage):
    gateway = _edited(stage, always("worker1"), processes=2)
    gateway.may_lose_processes = True
    gateway.write(MINE, always("worker2"))
    os.kill(gateway.pids("proxy")[0], signal.SIGSTOP)
    gateway.admin.patience = 60
    gateway.admin.ask("POST /reload")
    stage.until(lambda: 0 not in gateway.generations()
                and len(set(gateway.generations())) == 1, "all run the same", 60)
    gateway.reload()
    same({_who(gateway) for _ in range(10)}, {"worker2"}, "who answered")


def sighup_with_a_bad_file_says_why(stage):
    gateway = _edited(stage, always("worker1"))
    gateway.write(MINE, "return {")
    gateway.hup_refused(r"mine\.lua:1: ")
    same(_who(gateway), "worker1", "who answers")


def picket_reload_with_a_bad_file_says_why(stage):
    gateway = _edited(stage)
    gateway.write(MINE, "return {")
    holds("mine.lua:1: " in gateway.cli("reload", status=1), "the message names file and line")


def a_reload_disturbs_nothing_in_flight(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 2})
    waiting, streaming, queued, idle = (gateway.connect() for _ in range(4))
    idle.send("GET /run/idle HT")
    waiting.get("/run/waiting")
    calls = {"waiting": worker.call()}
    streaming.get("/run/streaming")
    calls["streaming"] = worker.call()
    calls["streaming"].send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
    streaming.read_response_head()
    queued.get("/run/queued")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    gateway.hup()
    same(gateway.inflight(), {"one": 2}, "in flight after the reload")
    same(gateway.queued(), 1, "requests that wait after the reload")
    calls["streaming"].finish(b"def")
    same(streaming.read_exactly(6), b"abcdef", "body of the one that streamed")
    worker.call().answer(200, "queued")
    same(queued.expect(200).body, b"queued", "body of the one that waited")
    calls["waiting"].answer(200, "waiting")
    same(waiting.expect(200).body, b"waiting", "body of the one that was in flight")
    idle.send("TP/1.1\r\nHost: h\r\n\r\n")
    worker.call().answer()
    idle.expect(200)


def counts_of_workers_outlive_a_reload(stage):
    gateway = stage.picket(stage.worker(hello))
    for _ in range(5):
        gateway.fetch()
    gateway.hup()
    gateway.fetch()
    same(gateway.workers()["worker1"]["served"], 6, "requests served")


def all_proxies_swap(stage):
    gateway = _edited(stage, always("worker1"), processes=2)
    gateway.write(MINE, always("worker2"))
    gateway.hup()
    same(len(set(gateway.generations())), 1, "generations that run")
    same({_who(gateway) for _ in range(20)}, {"worker2"}, "who answered")


def many_reloads_lose_no_request(stage):
    gateway = _edited(stage, processes=2)
    stop, statuses = threading.Event(), []

    def ask_on():
        client = gateway.connect()
        while not stop.is_set():
            client.get()
            statuses.append(client.response().status)
        client.close()

    clients = [stage.beside(ask_on) for _ in range(4)]
    for number in range(10):
        gateway.write(MINE, always(f"worker{number % 2 + 1}"))
        gateway.reload()
    stop.set()
    for client in clients:
        client.result()
    same(set(statuses), {200}, "statuses while reloading")


def many_reloads_leave_no_memory_behind(stage):
    stage.need_plain_build()
    gateway = _edited(stage)
    proxy = gateway.pids("proxy")[0]
    for _ in range(10):
        gateway.reload()
    before = gateway.peak_memory(proxy)
    files = gateway.open_files(proxy)
    for _ in range(30):
        gateway.reload()
    grown = gateway.peak_memory(proxy) - before
    holds(grown < 4 << 20, f"30 reloads cost less than 4 MiB: {grown}")
    same(gateway.open_files(proxy), files, "open files of the proxy")


def two_signals_at_once_are_fine(stage):
    gateway = _edited(stage, always("worker1"))
    gateway.write(MINE, always("worker2"))
    for _ in range(5):
        gateway.signal(1)
    gateway.hup()
    same(_who(gateway), "worker2", "who answered")
