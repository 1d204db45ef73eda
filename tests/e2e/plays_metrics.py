"""The counters: each counts what its sentence says, once, and nothing else counts it."""

import re

from policies import FIRST, picking
from wire import holds, same
from worker import answers, echo, hang_up_on_head, hello

POLICY = {"policy": "./first.lua", "files": {"first.lua": FIRST}}


def _counts(stage, gateway, **expected):
    """These counters come to stand at these values (they are flushed by turns)."""
    def stand():
        metrics = gateway.admin.metrics()
        return {name: metrics[f"picket_{name}_total"] for name in expected} == expected

    stage.until(stand, lambda: f"{expected} in {gateway.status()['counters']}")


def answers_are_counted_by_their_class(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    for status in (200, 201, 301, 404, 418, 500):
        client.get()
        worker.call().answer(status)
        client.expect(status)
    gateway.fetch("/nowhere", status=404)
    _counts(stage, gateway, requests=7, responses_2xx=2, responses_3xx=1, responses_4xx=3,
            responses_5xx=1, connections_accepted=2)


def refused_heads_are_client_errors(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.1\r\nHost : h\r\n\r\n")
    client.expect_refusal(400)
    _counts(stage, gateway, client_errors=1, responses_4xx=1, requests=0)


def clients_that_leave_are_aborts(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    client.close()
    call.expect_gone()
    _counts(stage, gateway, client_aborts=1, upstream_broken=0)


def retries_are_counted(stage):
    gateway = stage.picket(stage.worker(hang_up_on_head), stage.worker(hello), **POLICY)
    gateway.fetch()
    _counts(stage, gateway, retries=1, upstream_broken=1, upstream_connects=2, picks=2)


def connections_that_fail_are_counted(stage):
    gone = stage.worker()
    gone.stop()
    gateway = stage.picket(gone)
    gateway.fetch(status=502)
    _counts(stage, gateway, upstream_connect_failures=1, responses_5xx=1, retries=0)


def kept_connections_are_counted(stage):
    gateway = stage.picket(stage.worker(hello))
    for _ in range(4):
        gateway.fetch()
    _counts(stage, gateway, upstream_connects=1, upstream_reused=3)


def workers_that_are_late_are_counted(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"first_byte": 0.1})
    gateway.fetch(status=504)
    _counts(stage, gateway, upstream_timeouts=1)


def a_full_queue_and_a_long_wait_are_counted(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1},
                           queue={"size": 1}, timeouts={"queue": 0.3})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = worker.call()
    second.get()
    stage.until(lambda: gateway.queued() == 1, "one waits")
    gateway.fetch(status=503)
    second.expect(503)
    _counts(stage, gateway, queue_full=1, queue_timeouts=1)
    call.answer()
    first.expect(200)


def errors_of_a_policy_are_counted(stage):
    gateway = stage.picket(stage.worker(hello), policy="./mine.lua", files={"mine.lua": picking(
        "if request.func == 'bad' then error('oh no') end return workers[1]")})
    for target in ("/run/bad", "/run/good", "/run/bad"):
        gateway.fetch(target)
    _counts(stage, gateway, picks=3, pick_errors=2, pick_fallbacks=2)


def bytes_are_counted_both_ways(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    client.post("/run/f", b"x" * 100000)
    client.expect(200)
    metrics = gateway.admin.metrics()
    for name in ("picket_bytes_in_total", "picket_bytes_out_total"):
        with stage.row(name):
            holds(100000 < metrics[name] < 101000, f"body and heads: {metrics[name]}")


def workers_have_their_own_counters(stage):
    good, bad = stage.worker(hello), stage.worker(answers(503))
    gateway = stage.picket(good, bad, policy="round_robin")
    client = gateway.connect()
    for _ in range(10):
        client.get()
        client.expect_one_of({200, 503})
    rows = gateway.workers()
    same([rows[name]["failed"] for name in ("worker1", "worker2")], [0, 5], "failures")


def buckets_add_up(stage):
    gateway = stage.picket(stage.worker(hello))
    for _ in range(20):
        gateway.fetch()
    buckets = {}
    for name, value in gateway.admin.metrics().items():
        found = re.fullmatch(r'(\w+)_bucket\{(.*,)?le="([^"]+)"\}', name)
        buckets.setdefault(found and (found[1], found[2]), []).append(value)
    buckets.pop(None)
    holds(buckets, "there are histograms")
    for name, values in buckets.items():
        with stage.row(str(name)):
            same(values, sorted(values), "buckets in their order")


def gauges_go_back_to_nothing(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1})
    clients = [gateway.connect() for _ in range(3)]
    for client in clients:
        client.get()
    call = worker.call()
    stage.until(lambda: gateway.admin.metrics()["picket_requests_queued"] == 2, "two wait")
    same(gateway.admin.metrics()["picket_requests_active"], 3, "requests being worked on")
    for client in clients[1:]:
        client.close()
    call.answer()
    clients[0].expect(200)
    clients[0].close()
    for name in ("requests_queued", "requests_active", "connections_open"):
        stage.until(lambda n=name: gateway.admin.metrics()[f"picket_{n}"] == 0, f"{name} is 0")
