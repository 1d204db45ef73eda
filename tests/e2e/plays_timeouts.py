"""Everybody who keeps others waiting: an answer in time, and the place given back."""

import socket

from policies import FIRST
from wire import same
from worker import echo, hello

SHORT = 0.3
LONG_BODY = "POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"


def _blackhole(stage):
    """The URL of a listener whose queue is full: connections to it hang."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = [socket.socket() for _ in range(4)]
    for sock in (listener, *fillers):
        stage.closing(sock.close)
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def a_head_that_does_not_end_is_408(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"head": SHORT})
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.1\r\nHost: h\r\n")
    client.expect_refusal(408)


def a_head_that_drips_is_408_all_the_same(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"head": SHORT})
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.1\r\n")
    client.drip_until_answered("X-A: b\r\n")
    client.expect_refusal(408)


def a_client_that_never_speaks_is_closed(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"head": SHORT, "idle": SHORT})
    gateway.connect().read_to_end()


def an_idle_client_is_closed(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"idle": SHORT})
    client = gateway.connect()
    client.get()
    client.expect(200)
    client.expect_closed()


def a_second_head_has_its_own_time(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"head": SHORT})
    client = gateway.connect()
    client.get()
    client.expect(200)
    client.send("GET /run/f HT")
    client.expect_refusal(408)


def a_body_that_pauses_is_408(stage):
    worker = stage.worker(echo)
    gateway = stage.picket(worker, timeouts={"body": SHORT})
    client = gateway.connect()
    client.send(LONG_BODY)
    client.expect_refusal(408)
    stage.until(lambda: worker.open_connections() == 0, "the worker's connection is closed")
    stage.until(lambda: gateway.inflight() == {"worker1": 0}, "the place is given back")


def a_chunked_body_that_pauses_is_408(stage):
    worker = stage.worker(echo)
    gateway = stage.picket(worker, timeouts={"body": SHORT})
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
    client.expect_refusal(408)


def a_worker_that_cannot_be_connected_in_time_is_given_up(stage):
    gateway = stage.picket(_blackhole(stage), timeouts={"connect": SHORT})
    client = gateway.connect()
    client.get()
    client.expect_one_of({502, 504}).error()


def a_worker_that_cannot_be_connected_in_time_is_replaced(stage):
    gateway = stage.picket({"url": _blackhole(stage), "name": "hole"}, stage.worker(hello),
                           timeouts={"connect": SHORT},
                           policy="./first.lua", files={"first.lua": FIRST})
    same(gateway.fetch().body, b"worker1", "who answered")


def a_worker_that_does_not_answer_is_504(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"first_byte": SHORT})
    client = gateway.connect()
    client.post("/run/f", b"abc")
    call = worker.call()
    client.expect(504).error()
    call.body()
    call.expect_gone()


def half_a_head_of_a_worker_is_504(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"first_byte": SHORT, "between_bytes": SHORT})
    client = gateway.connect()
    client.post("/run/f", b"abc")
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\n")
    client.expect(504).error()
    call.body()
    call.expect_gone()


def an_answer_that_pauses_is_cut(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"between_bytes": SHORT})
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    client.expect_cut()
    call.expect_gone()


def a_request_that_takes_too_long_in_all_is_504(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"total": SHORT})
    client = gateway.connect()
    client.get()
    call = worker.call()
    client.expect(504).error()
    call.expect_gone()


def an_answer_that_takes_too_long_in_all_is_cut(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"total": SHORT})
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    call.wire.drip_until_closed("1\r\na\r\n")
    call.expect_gone()
    client.expect_cut()


def a_client_that_does_not_read_is_given_up(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"between_bytes": SHORT, "total": 2})
    client = gateway.connect(receive_buffer=16384)
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    call.wire.expect_given_up(1000000000)
    call.expect_gone()
    stage.until(lambda: gateway.inflight() == {"worker1": 0}, "the place is given back")


def a_request_that_waits_too_long_is_503(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1},
                           timeouts={"queue": SHORT})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = worker.call()
    second.get()
    response = second.expect(503)
    response.error()
    same((response.head.get("Retry-After") or "none").isdigit(), True, "Retry-After is a number")
    call.answer(200)
    first.expect(200)
    second.get()
    worker.call().answer(200)
    second.expect(200)


def waiting_does_not_count_against_the_worker(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1},
                           timeouts={"queue": SHORT})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = worker.call()
    second.get()
    second.expect(503)
    same(gateway.workers()["one"]["failed"], 0, "failures of the worker")
    call.answer(200)
    first.expect(200)
