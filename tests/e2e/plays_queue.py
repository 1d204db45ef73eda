"""The queue: who waits, for whom, and who is next."""

import os
import signal

from policies import FIRST, always, picking
from stage import deadline
from wire import holds, same
from worker import hello


def _one_place(stage, **config):
    """A gateway whose only worker has one place, a client that has it, and its call."""
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, **config)
    client = gateway.connect()
    client.get("/run/f/0")
    return worker, gateway, client, worker.call()


def a_place_goes_to_the_oldest(stage):
    worker, gateway, client, call = _one_place(stage)
    waiting = []
    for number in range(1, 6):
        waiting.append(gateway.connect())
        waiting[-1].get(f"/run/f/{number}")
        stage.until(lambda expected=number: gateway.queued() == expected, "one more waits")
    for number, following in enumerate(waiting, 1):
        call.answer()
        client.expect(200)
        client, call = following, worker.call()
        same(call.target, f"/run/f/{number}", "who is next")
    call.answer()
    client.expect(200)
    same(worker.peak, 1, "requests at once")


def one_who_leaves_the_queue_is_not_sent(stage):
    worker, gateway, client, call = _one_place(stage)
    leaving, staying = gateway.connect(), gateway.connect()
    leaving.get("/run/f/leaving")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    staying.get("/run/f/staying")
    stage.until(lambda: gateway.queued() == 2, "two wait")
    leaving.close()
    stage.until(lambda: gateway.queued() == 1, "one has left")
    call.answer()
    client.expect(200)
    call = worker.call()
    same(call.target, "/run/f/staying", "who is next")
    call.answer()
    staying.expect(200)


def one_who_leaves_the_queue_amid_its_body_is_not_sent(stage):
    worker, gateway, client, call = _one_place(stage)
    leaving = gateway.connect()
    leaving.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    leaving.close()
    stage.until(lambda: gateway.queued() == 0, "it has left")
    call.answer()
    client.expect(200)
    worker.saw(1)


def a_client_that_leaves_makes_room_for_the_next(stage):
    worker, gateway, client, call = _one_place(stage)
    waiting = gateway.connect()
    waiting.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    client.close()
    call.expect_gone()
    worker.call().answer()
    waiting.expect(200)


def one_with_a_body_waits_like_others(stage):
    worker, gateway, client, call = _one_place(stage)
    waiting = gateway.connect()
    waiting.post("/run/f", b"x" * 1000000)
    stage.until(lambda: gateway.queued() == 1, "one waits")
    call.answer()
    client.expect(200)
    call = worker.call()
    holds(call.body() == b"x" * 1000000, "the body arrives whole")
    call.answer()
    waiting.expect(200)


def whoever_waits_for_any_takes_the_first_that_is_free(stage):
    one, two = stage.worker(), stage.worker()
    gateway = stage.picket({"url": one.url, "name": "one", "capacity": 1},
                           {"url": two.url, "name": "two", "capacity": 1},
                           policy="./first.lua", files={"first.lua": FIRST})
    clients = [gateway.connect() for _ in range(3)]
    clients[0].get()
    first = one.call()
    clients[1].get()
    second = two.call()
    clients[2].get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    second.answer()
    clients[1].expect(200)
    two.call().answer()
    clients[2].expect(200)
    first.answer()
    clients[0].expect(200)


def whoever_waits_for_a_full_worker_gets_that_one(stage):
    one, two = stage.worker(), stage.worker(hello)
    gateway = stage.picket({"url": one.url, "name": "one", "capacity": 1}, two,
                           policy="./always.lua", files={"always.lua": always("one")})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = one.call()
    second.get()
    stage.until(lambda: gateway.queued() == 1, "one waits although the other is free")
    call.answer()
    first.expect(200)
    one.call().answer()
    second.expect(200)
    two.saw(0)


def a_place_freed_in_one_proxy_wakes_the_other(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, processes=2)
    clients = [gateway.connect() for _ in range(12)]
    for client in clients:
        client.get()
    for _ in clients:
        worker.call().answer()
    for client in clients:
        client.expect(200)
    same(worker.peak, 1, "requests at once")


def _wait_in_line(stage, gateway, *clients):
    """They ask, one after the other, and all of them wait."""
    before = gateway.queued()
    for number, client in enumerate(clients, 1):
        client.get(f"/run/f/{number}")
        stage.until(lambda n=number: gateway.queued() == before + n, "one more waits")


def _ring(stage, gateway, worker, turns, size=12):
    """Clients that ask again as soon as they are answered: their calls come in their order."""
    clients = [gateway.connect() for _ in range(size)]
    clients[0].get("/run/f/0")
    call = worker.call()
    _wait_in_line(stage, gateway, *clients[1:])
    for turn in range(turns):
        number = turn % size
        same(call.target, f"/run/f/{number}", f"who is next in turn {turn}")
        call.answer()
        clients[number].expect(200)
        clients[number].get(f"/run/f/{number}")
        call = worker.call()
        stage.until(lambda: gateway.queued() == size - 1, "it waits again")
    for client in clients:
        client.close()
    call.expect_gone()


@deadline(120)
def a_place_goes_to_the_oldest_of_all_proxies(stage):
    for processes in (2, 3):
        for policy in (FIRST, always("one")):
            worker = stage.worker()
            gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1},
                                   processes=processes, policy="./policy.lua",
                                   files={"policy.lua": policy})
            _ring(stage, gateway, worker, 300)
            gateway.stop()


def _one_place_and_two_proxies(stage, policy=FIRST):
    """The worker, the gateway, and three clients: the second is another proxy's than the others."""
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, processes=2,
                           policy="./policy.lua", files={"policy.lua": policy})
    by_proxy = {}
    while len(by_proxy) < 2 or max(map(len, by_proxy.values())) < 2:
        client = gateway.connect()
        by_proxy.setdefault(gateway.holder(client), []).append(client)
    (other, *_), (one, two, *_) = sorted(by_proxy.values(), key=len)
    return worker, gateway, (one, other, two)


def who_waits_in_a_proxy_that_dies_strands_nobody(stage):
    worker, gateway, (first, lost, second) = _one_place_and_two_proxies(stage)
    gateway.may_lose_processes = True
    first.get("/run/f/0")
    call = worker.call()
    _wait_in_line(stage, gateway, lost)
    dying = gateway.holder(lost)
    second.get("/run/f/2")
    stage.until(lambda: gateway.queued() == 2, "both wait")
    os.kill(dying, signal.SIGSTOP)
    call.answer()
    first.expect(200)
    os.kill(dying, signal.SIGKILL)
    call = worker.call()
    same(call.target, "/run/f/2", "who is next")
    call.answer()
    second.expect(200)


def who_waits_in_a_proxy_that_stands_still_is_passed_over(stage):
    worker, gateway, (first, still, second) = _one_place_and_two_proxies(stage)
    first.get("/run/f/0")
    call = worker.call()
    _wait_in_line(stage, gateway, still, second)
    stopped = gateway.holder(still)
    os.kill(stopped, signal.SIGSTOP)
    call.answer()
    first.expect(200)
    call = worker.call()
    same(call.target, "/run/f/2", "who is next")
    os.kill(stopped, signal.SIGCONT)
    call.answer()
    second.expect(200)
    worker.call().answer()
    still.expect(200)


def _call_of_those_who_stay(worker, left):
    """The next call but those of one who left, which are given up."""
    while (call := worker.call()).target == left:
        call.expect_gone()
    return call


def one_who_leaves_just_when_it_is_its_turn_strands_nobody(stage):
    worker, gateway, (first, _, second) = _one_place_and_two_proxies(stage)
    for _ in range(30):
        leaving = gateway.connect()
        first.get("/run/f/0")
        call = worker.call()
        _wait_in_line(stage, gateway, leaving, second)
        leaving.close()
        call.answer()
        first.expect(200)
        call = _call_of_those_who_stay(worker, "/run/f/1")
        same(call.target, "/run/f/2", "who is next")
        call.answer()
        second.expect(200)


def who_turns_a_place_down_leaves_it_to_the_next_in_whatever_proxy(stage):
    worker, gateway, (first, choosy, second) = _one_place_and_two_proxies(stage, picking("""
        return request.func ~= "choosy" and workers[1]:is_free() and workers[1] or nil"""))
    choosy.get("/run/choosy")
    stage.until(lambda: gateway.queued() == 1, "one waits for better times")
    for _ in range(30):
        first.get("/run/f/0")
        call = worker.call()
        _wait_in_line(stage, gateway, second)
        call.answer()
        first.expect(200)
        worker.call().answer()
        second.expect(200)
    choosy.close()
    stage.until(lambda: gateway.queued() == 0, "it leaves")


def capacity_is_kept_under_load(stage):
    workers = [stage.worker(hello) for _ in range(3)]
    rows = [{"url": w.url, "name": w.name, "capacity": 2} for w in workers]
    gateway = stage.picket(*rows, processes=2)

    def ask_often():
        client = gateway.connect()
        for _ in range(50):
            client.get()
            client.expect(200)
        client.close()

    for client in [stage.beside(ask_often) for _ in range(12)]:
        client.result()
    same(sum(len(w.calls) for w in workers), 600, "requests that reached workers")
    holds(max(w.peak for w in workers) <= 2, f"two at once at most: {[w.peak for w in workers]}")


def a_new_worker_serves_those_who_wait(stage):
    worker, gateway, client, call = _one_place(stage)
    waiting = gateway.connect()
    waiting.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    helper = stage.worker(hello)
    gateway.admin.expect(200, "POST /workers/add", {"url": helper.url, "name": "helper"})
    same(waiting.expect(200).body, helper.name.encode(), "who answered")
    call.answer()
    client.expect(200)
    worker.saw(1)


def whoever_waits_for_a_worker_that_leaves_goes_elsewhere(stage):
    for command in ("drain", "remove"):
        leaving, other = stage.worker(), stage.worker(hello, name="other")
        gateway = stage.picket({"url": leaving.url, "name": "leaving", "capacity": 1}, other,
                               policy="./always.lua",
                               files={"always.lua": always("leaving", "other")})
        first, second = gateway.connect(), gateway.connect()
        first.get()
        call = leaving.call()
        second.get()
        stage.until(lambda g=gateway: g.queued() == 1, "one waits")
        gateway.admin.expect(200, f"POST /workers/{command}", {"name": "leaving"})
        same(second.expect(200).body, b"other", "who answered the one that waited")
        call.answer()
        first.expect(200)


def whoever_waits_when_the_last_worker_goes_is_told(stage):
    worker, gateway, client, call = _one_place(stage)
    waiting = gateway.connect()
    waiting.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    gateway.admin.expect(200, "POST /workers/remove", {"name": "one"})
    waiting.expect(503).error()
    call.answer(200, "finished")
    same(client.expect(200).body, b"finished", "body")
    worker.saw(1)


def one_who_waits_with_a_big_body_needs_no_memory(stage):
    stage.need_plain_build()
    worker, gateway, client, call = _one_place(stage)
    proxy = gateway.pids("proxy")[0]
    waiting = gateway.connect()
    waiting.send(f"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: {64 << 20}\r\n\r\n")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    before = gateway.peak_memory(proxy)
    sent = waiting.send_until_stuck(64 << 20)
    holds(sent < 32 << 20, f"it is held up: {sent}")
    grown = gateway.peak_memory(proxy) - before
    holds(grown < 4 << 20, f"the proxy grows by less than 4 MiB: {grown}")
    call.answer()
    client.expect(200)
    reading = stage.beside(worker.call().wire.discard)
    waiting.close()
    holds(reading.exception(), "the worker sees that it is given up")


def a_policy_that_picks_nobody_lets_them_wait_and_time_out(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"queue": 0.2}, policy="./nobody.lua",
                           files={"nobody.lua": picking(
                               "return request.func ~= 'nobody' and workers[1] or nil")})
    gateway.fetch("/run/nobody", status=503)
    gateway.fetch("/run/somebody")
