"""Limits: what lies within passes, what lies beyond is refused with the right words."""

from wire import holds, same
from worker import echo, hello

HEAD = "GET /run/f HTTP/1.1\r\nHost: h\r\n"
POST = "POST /run/f HTTP/1.1\r\nHost: h\r\n"


def _exchange(gateway, data):
    client = gateway.connect()
    client.send(data)
    return client


def a_head_that_is_too_long_is_431(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    rows = [
        ("one long header", HEAD + "A: " + "b" * 40000 + "\r\n\r\n"),
        ("many short ones", HEAD + "".join(f"A{n}: b{'c' * 500}\r\n" for n in range(90)) + "\r\n"),
        ("a long name", HEAD + "A" * 40000 + ": b\r\n\r\n"),
        ("without end", HEAD + "A: " + "b" * 100000),
    ]
    for name, data in rows:
        with stage.row(name):
            _exchange(gateway, data).expect_refusal(431)
    worker.saw(0)


def a_head_within_the_limit_passes(stage):
    gateway = stage.picket(stage.worker(hello), limits={"head_bytes": 2048, "uri_bytes": 1024})
    padding = 2048 - len(HEAD) - len("A: \r\n\r\n")
    _exchange(gateway, HEAD + "A: " + "b" * padding + "\r\n\r\n").expect(200)
    _exchange(gateway, HEAD + "A: " + "b" * (padding + 1) + "\r\n\r\n").expect_refusal(431)


def too_many_headers_are_431(stage):
    gateway = stage.picket(stage.worker(hello), limits={"headers": 10})
    _exchange(gateway, HEAD + "A: b\r\n" * 9 + "\r\n").expect(200)
    _exchange(gateway, HEAD + "A: b\r\n" * 10 + "\r\n").expect_refusal(431)


def a_target_that_is_too_long_is_414(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for length in (8193, 20000, 100000):
        with stage.row(str(length)):
            target = "/run/" + "f" * (length - 5)
            client = _exchange(gateway, f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")
            client.expect_refusal(414)
    worker.saw(0)


def a_target_within_the_limit_passes(stage):
    gateway = stage.picket(stage.worker(hello), limits={"uri_bytes": 100})
    target = "/run/f?" + "x" * 93
    _exchange(gateway, f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n").expect(200)
    _exchange(gateway, f"GET {target}x HTTP/1.1\r\nHost: h\r\n\r\n").expect_refusal(414)


def a_body_that_announces_too_much_is_413(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, limits={"body_bytes": 10})
    client = _exchange(gateway, POST + "Content-Length: 11\r\n\r\n")
    client.expect_refusal(413)
    worker.saw(0)


def a_body_that_becomes_too_much_is_413(stage):
    gateway = stage.picket(stage.worker(echo), limits={"body_bytes": 100000})
    chunk = f"{60000:x}\r\n" + "x" * 60000 + "\r\n"
    client = _exchange(gateway, POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
    client.expect_refusal(413)


def a_body_within_the_limit_passes(stage):
    gateway = stage.picket(stage.worker(echo), limits={"body_bytes": 10})
    _exchange(gateway, POST + "Content-Length: 10\r\n\r\n0123456789").expect(200)
    _exchange(gateway, POST + "Transfer-Encoding: chunked\r\n\r\n"
              "5\r\n01234\r\n5;e=x\r\n56789\r\n0\r\n\r\n").expect(200)


def an_answer_whose_head_is_too_long_is_502(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, limits={"response_head_bytes": 1024}, retry={"attempts": 1})
    client = gateway.connect()
    client.get()
    worker.call().hang_up(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 2000 + b"\r\n\r\n")
    client.expect(502).error()


def connections_beyond_the_limit_wait(stage):
    gateway = stage.picket(stage.worker(hello), limits={"connections": 2})
    first, second, third = (gateway.connect() for _ in range(3))
    for client in (first, second):
        client.get()
        client.expect(200)
    third.get()
    third.expect_nothing_yet()
    first.get()
    first.expect(200)
    third.expect_nothing_yet()
    first.close()
    third.expect(200)


def a_full_queue_is_503(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, queue={"size": 1})
    first, second, third = (gateway.connect() for _ in range(3))
    first.get()
    call = worker.call()
    second.get()
    stage.until(lambda: gateway.queued() == 1, "one request waits")
    third.get()
    response = third.expect(503)
    response.error()
    holds(response.head.get("Retry-After"), "Retry-After is there")
    call.answer()
    first.expect(200)
    worker.call().answer()
    second.expect(200)


def a_queue_of_size_0_lets_nobody_wait(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1}, queue={"size": 0})
    first = gateway.connect()
    first.get()
    call = worker.call()
    holds(gateway.fetch(status=503).head.get("Retry-After"), "Retry-After is there")
    call.answer()
    first.expect(200)


def one_function_cannot_fill_the_queue(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1},
                           queue={"per_function": 1})
    first, second, other = (gateway.connect() for _ in range(3))
    first.get("/run/much")
    call = worker.call()
    second.get("/run/much")
    stage.until(lambda: gateway.queued() == 1, "one request waits")
    gateway.fetch("/run/much", status=503)
    other.get("/run/little")
    call.answer()
    first.expect(200)
    for client in (second, other):
        worker.call().answer()
        client.expect(200)


def more_workers_than_the_limit_are_refused(stage):
    gateway = stage.picket(stage.worker(hello), limits={"workers": 1})
    code, _ = gateway.admin.ask("POST /workers/add", {"url": "http://127.0.0.1:1"})
    holds(code in (400, 409), f"the second worker is refused: {code}")
    same(list(gateway.workers()), ["worker1"], "workers")
    gateway.fetch()
