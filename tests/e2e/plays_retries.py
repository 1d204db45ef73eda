"""Attempts that fail: tried elsewhere when that is safe, and a clear answer when not."""

from policies import FIRST, always
from wire import holds, same
from worker import answers, echo, hang_up_at_once, hang_up_on_head, hello, raw

POLICY = {"policy": "./first.lua", "files": {"first.lua": FIRST}}


def _dead(stage):
    """A worker that nobody listens for."""
    worker = stage.worker()
    worker.stop()
    return worker


def a_refused_connection_is_tried_elsewhere(stage):
    gateway = stage.picket(_dead(stage), stage.worker(hello), **POLICY)
    same(gateway.fetch().body, b"worker2", "who answered")


def a_refused_connection_is_tried_elsewhere_for_post(stage):
    gateway = stage.picket(_dead(stage), stage.worker(echo), **POLICY)
    client = gateway.connect()
    client.post("/run/f", b"abc")
    same(client.expect(200).body, b"abc", "body")


def a_worker_that_hangs_up_is_replaced(stage):
    for behaviour in (hang_up_at_once, hang_up_on_head):
        gateway = stage.picket(stage.worker(behaviour), stage.worker(hello, name="good"), **POLICY)
        same(gateway.fetch().body, b"good", "who answered")


def a_broken_head_is_tried_elsewhere(stage):
    bad = stage.worker()
    gateway = stage.picket(bad, stage.worker(hello), **POLICY)
    client = gateway.connect()
    client.get()
    bad.call().hang_up(b"gibberish\r\n\r\n")
    same(client.expect(200).body, b"worker2", "who answered")


def a_retried_put_keeps_its_body(stage):
    bad = stage.worker()
    gateway = stage.picket(bad, stage.worker(echo), **POLICY)
    client = gateway.connect()
    client.request("PUT", "/run/f", body=b"abc" * 1000)
    call = bad.call()
    call.body()
    call.hang_up()
    same(client.expect(200).body, b"abc" * 1000, "body")


def a_post_that_was_sent_is_not_tried_again(stage):
    bad, good = stage.worker(), stage.worker(echo)
    gateway = stage.picket(bad, good, **POLICY)
    client = gateway.connect()
    client.post("/run/f", b"abc")
    call = bad.call()
    call.body()
    call.hang_up()
    client.expect(502).error()
    good.saw(0)


def what_has_begun_to_be_answered_is_not_tried_again(stage):
    bad, good = stage.worker(), stage.worker(hello)
    gateway = stage.picket(bad, good, **POLICY)
    client = gateway.connect()
    client.get()
    bad.call().hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    client.expect_cut()
    good.saw(0)


def an_interim_answer_does_not_forbid_a_retry_that_repeats_nothing(stage):
    bad, good = stage.worker(), stage.worker(hello)
    gateway = stage.picket(bad, good, **POLICY)
    client = gateway.connect()
    client.get()
    bad.call().hang_up(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    holds(client.response().status in (200, 502), "one final answer comes")


def a_kept_connection_that_was_closed_meanwhile_is_not_used(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    for _ in range(3):
        client.post("/run/f", b"abc")
        call = worker.call()
        call.body()
        call.hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        client.expect(200)
        stage.until(lambda: worker.open_connections() == 0, "the connection is closed")
    same(worker.connections, 3, "connections to the worker")


def a_kept_connection_that_closes_now_is_made_anew(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    worker.call().answer(200)
    client.expect(200)
    client.get()
    worker.call().hang_up()
    worker.call().answer(200, "again")
    same(client.expect(200).body, b"again", "body")


def a_429_is_tried_elsewhere(stage):
    full = stage.worker(answers(429, "full"))
    gateway = stage.picket(full, stage.worker(hello), **POLICY)
    same(gateway.fetch().body, b"worker2", "who answered")
    same(gateway.workers()["worker1"]["state"], "up", "state of the worker that was full")
    full.saw(1)


def _full_of_f(call):
    call.answer(*(429, "full") if call.target == "/run/f" else (200, call.worker.name))


def a_worker_that_says_429_is_left_alone_with_that_function(stage):
    full = stage.worker(_full_of_f, name="full")
    gateway = stage.picket(full, stage.worker(hello), retry={"pause_429": 600}, **POLICY)
    for _ in range(10):
        same(gateway.fetch("/run/f").body, b"worker2", "who answered")
    full.saw(1)
    same(gateway.fetch("/run/g").body, b"full", "who answered another function")


def a_429_is_forgotten_soon(stage):
    full = stage.worker(answers(429, "full"))
    gateway = stage.picket(full, stage.worker(hello), retry={"pause_429": 0.01, "budget": 1},
                           **POLICY)
    stage.until(lambda: gateway.fetch() and len(full.calls) > 1, "it is asked again")


def when_a_function_is_closed_everywhere_workers_are_asked_all_the_same(stage):
    workers = [stage.worker(answers(429, "full")) for _ in range(2)]
    gateway = stage.picket(*workers, retry={"pause_429": 600}, **POLICY)
    for _ in range(5):
        gateway.fetch(status=429)
    same(sum(len(worker.calls) for worker in workers), 10, "requests that they saw")


def a_429_is_tried_elsewhere_for_post(stage):
    gateway = stage.picket(stage.worker(answers(429, "full")), stage.worker(echo), **POLICY)
    client = gateway.connect()
    client.post("/run/f", b"abc")
    same(client.expect(200).body, b"abc", "body")


def a_429_from_all_reaches_the_client(stage):
    workers = [stage.worker(answers(429, "full", "Retry-After: 7")) for _ in range(3)]
    gateway = stage.picket(*workers, **POLICY)
    response = gateway.fetch(status=429)
    same(response.body, b"full", "body")
    same(response.head.get("Retry-After"), "7", "Retry-After")
    for worker in workers:
        worker.saw(1)


def a_429_from_the_only_worker_reaches_the_client(stage):
    gateway = stage.picket(stage.worker(answers(429, "full")))
    same(gateway.fetch(status=429).body, b"full", "body")


def when_all_fail_it_is_502(stage):
    gateway = stage.picket(*[_dead(stage) for _ in range(3)], **POLICY)
    gateway.fetch(status=502).error()


def a_retry_is_held_while_no_worker_is_up(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one"}, queue={"hold": True})
    client = gateway.connect()
    client.get()
    call = worker.call()
    gateway.admin.expect(200, "POST /workers/remove", {"name": "one"})
    call.hang_up()
    stage.until(lambda: gateway.queued() == 1, "it waits")
    gateway.admin.expect(200, "POST /workers/add", {"url": worker.url, "name": "again"})
    worker.call().answer(200, "in the end")
    same(client.expect(200).body, b"in the end", "body")


def attempts_are_limited(stage):
    workers = [stage.worker(hang_up_on_head) for _ in range(5)]
    gateway = stage.picket(*workers, retry={"attempts": 3}, **POLICY)
    gateway.fetch(status=502)
    same([w.connections for w in workers], [1, 1, 1, 0, 0], "connections to the workers")


def a_policy_picks_again_for_each_attempt(stage):
    workers = [stage.worker(hang_up_on_head), stage.worker(hang_up_on_head), stage.worker(hello)]
    gateway = stage.picket(*workers, policy="./nth.lua", files={"nth.lua": """
        return { pick = function(request, workers) return workers[request.attempt] end }"""})
    same(gateway.fetch().body, b"worker3", "who answered")
    same([w.connections for w in workers], [1, 1, 1], "connections to the workers")


def a_policy_cannot_send_a_retry_where_it_has_just_failed(stage):
    bad = stage.worker(hang_up_on_head)
    gateway = stage.picket(bad, stage.worker(hello), policy="./always.lua",
                           files={"always.lua": always("worker1")})
    same(gateway.fetch().body, b"worker2", "who answered")
    same(bad.connections, 1, "connections to the one that fails")


def retries_may_be_switched_off(stage):
    for retry in ({"attempts": 1}, {"budget": 0}):
        with stage.row(str(retry)):
            good = stage.worker(hello)
            gateway = stage.picket(stage.worker(hang_up_on_head), good, retry=retry, **POLICY)
            gateway.fetch(status=502)
            good.saw(0)


def retries_have_a_budget(stage):
    good = stage.worker(hello)
    gateway = stage.picket(_dead(stage), good, retry={"budget": 0.1},
                           ejection={"failures": 0}, **POLICY)
    client = gateway.connect()
    statuses = []
    for _ in range(200):
        client.get()
        statuses.append(client.expect_one_of({200, 502}).status)
    retried = len(good.calls)
    same(statuses.count(200), retried, "answers that a retry saved")
    holds(0 < retried <= 60, f"a tenth of 200 and a few to begin with: {retried}")


def errors_that_a_worker_answers_are_not_tried_again(stage):
    for status in (500, 502, 503, 504):
        good = stage.worker(hello, name="good")
        gateway = stage.picket(stage.worker(answers(status)), good, **POLICY)
        gateway.fetch(status=status)
        good.saw(0)


def a_failed_attempt_gives_its_place_back(stage):
    bad = stage.worker(hang_up_on_head)
    rows = [{"url": bad.url, "name": "bad", "capacity": 1}]
    gateway = stage.picket(*rows)
    for _ in range(5):
        gateway.fetch(status=502)
    same(gateway.inflight(), {"bad": 0}, "in flight")


def a_body_that_was_streamed_is_not_tried_again(stage):
    bad, good = stage.worker(), stage.worker(hello)
    gateway = stage.picket(bad, good, **POLICY)
    client = gateway.connect()
    client.send("PUT /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n")
    client.send_zeros(2000000)
    call = bad.call()
    call.wire.discard(2000000)
    call.hang_up()
    client.expect(502).error()
    good.saw(0)


@raw
def _reset_after_reading(wire):
    """Answer what is empty; read what has a body, and be gone by RST."""
    while (head := wire.read_head()) is not None:
        if wire.read_exactly(head.length() or 0):
            wire.reset()
            return
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def a_post_that_was_read_before_a_reset_is_not_tried_again(stage):
    """The reset comes before the acknowledgment of what the worker has read."""
    bad = stage.worker(_reset_after_reading)
    client = stage.picket(bad, stage.worker(hello), **POLICY).connect()
    for _ in range(3):
        client.post("/run/f")
        client.expect(200)
    client.post("/run/f", b"once")
    client.expect(502).error()
    same(bad.connections, 1, "connections to the worker")


@raw
def _close_amid_reading(wire):
    """Read the beginning, and let the gateway know that no answer comes."""
    wire.sock.recv(10)
    wire.half_close()
    wire.until_left()


def a_post_that_was_read_in_part_is_not_tried_again(stage):
    """On Unix sockets there are no acknowledgments that would tell."""
    for listen in ("127.0.0.1", "unix:bad.sock"):
        bad, good = stage.worker(_close_amid_reading, listen=listen), stage.worker(hello)
        client = stage.picket(bad, good, **POLICY).connect()
        client.post("/run/f", b"once")
        client.expect(502).error()
        good.saw(0)


def a_worker_that_answers_before_it_has_the_body_spoils_no_other_request(stage):
    """It may close with a reset, which the next request on that connection would meet."""
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1})
    client, waiting = gateway.connect(), gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc")
    call = worker.call()
    waiting.post("/run/g", b"abc")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nno")
    client.read_response_head()
    same(client.read_exactly(2), b"no", "the answer's beginning")
    client.send(b"def")
    same(call.body(), b"abcdef", "body that arrives in the end")
    call.send(b"pe")
    following = worker.call()
    call.reset()
    following.answer(200, "read")
    same(waiting.expect(200).body, b"read", "body of the one that waited")
