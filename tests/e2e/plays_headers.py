"""Headers: what is taken out on the way, what is added, and what stays as it was."""

import re

from wire import holds, same
from worker import answers

UUID_OR_SO = re.compile(r"[0-9A-Za-z-]{8,64}")


def _through(stage, *headers, method="GET", **config):
    """The head that a worker sees of a request with these headers."""
    worker = stage.worker(name="solo")
    gateway = stage.picket(worker, **config)
    client = gateway.connect()
    client.request(method, "/run/f", headers)
    call = worker.call()
    call.answer()
    client.expect(200)
    return call.head


def _back(stage, *headers):
    """The head that a client sees of an answer with these headers."""
    gateway = stage.picket(stage.worker(answers(200, "", *headers)))
    return gateway.fetch().head


def hop_by_hop_headers_of_a_request_are_removed(stage):
    head = _through(stage, "Connection: keep-alive, X-Mine", "Keep-Alive: timeout=5",
                    "Proxy-Connection: keep-alive", "TE: trailers", "Trailer: X-A",
                    "Proxy-Authorization: Basic xyz", "X-Mine: secret", "X-Other: kept")
    for name in ("Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Proxy-Authorization",
                 "X-Mine"):
        with stage.row(name):
            same(head.all(name), [], name)
    same(head.get("X-Other"), "kept", "X-Other")


def headers_named_by_several_connection_headers_are_removed(stage):
    head = _through(stage, "Connection: x-one", "X-One: 1", "connection: ,,X-TWO ,close",
                    "X-Two: 2")
    same(head.all("X-One") + head.all("X-Two"), [], "headers that Connection names")


def connection_cannot_remove_what_frames_the_message(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.post("/run/f", b"abc", "Connection: Content-Length, Host, X-Request-Id")
    call = worker.call()
    same(call.head.length(), 3, "Content-Length")
    holds(call.head.get("Host"), "Host is there")
    same(call.body(), b"abc", "body")
    call.answer()
    client.expect(200)


def hop_by_hop_headers_of_an_answer_are_removed(stage):
    head = _back(stage, "Connection: X-Mine", "Keep-Alive: timeout=5", "X-Mine: secret",
                 "Proxy-Connection: keep-alive", "Proxy-Authenticate: Basic", "Trailer: A",
                 "X-Other: kept")
    for name in ("Keep-Alive", "X-Mine", "Proxy-Connection", "Proxy-Authenticate", "Trailer"):
        with stage.row(name):
            same(head.all(name), [], name)
    same(head.get("X-Other"), "kept", "X-Other")


def the_request_is_marked_with_via(stage):
    via = _through(stage).get("Via")
    holds(re.fullmatch(r"1\.1 \S+", via), f"Via is a version and a name: {via!r}")


def via_of_others_is_kept_in_front(stage):
    via = ", ".join(_through(stage, "Via: 1.0 fred").all("Via"))
    holds(re.fullmatch(r"1\.0 fred, 1\.1 \S+", via), f"ours is behind theirs: {via!r}")


def the_answer_is_marked_with_via(stage):
    via = ", ".join(_back(stage, "Via: 1.0 fred").all("Via"))
    holds(re.fullmatch(r"1\.0 fred, 1\.1 \S+", via), f"ours is behind theirs: {via!r}")


def the_worker_learns_who_asked(stage):
    head = _through(stage)
    same(head.get("X-Forwarded-For"), "127.0.0.1", "X-Forwarded-For")
    same(head.get("X-Forwarded-Proto"), "http", "X-Forwarded-Proto")
    same(head.get("X-Forwarded-Host"), "picket.test", "X-Forwarded-Host")


def the_worker_learns_who_asked_before_us(stage):
    head = _through(stage, "X-Forwarded-For: 10.1.2.3")
    same(", ".join(head.all("X-Forwarded-For")), "10.1.2.3, 127.0.0.1", "X-Forwarded-For")


def the_host_header_is_passed_on_once(stage):
    same(_through(stage).all("Host"), ["picket.test"], "Host at the worker")


def the_host_of_an_absolute_target_wins(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("GET http://true.test/run/f HTTP/1.1\r\nHost: false.test\r\n\r\n")
    call = worker.call()
    same(call.head.get("Host"), "true.test", "Host at the worker")
    call.answer()
    client.expect(200)


def a_request_id_is_passed_on(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get("/run/f", "X-Request-Id: mine-42")
    call = worker.call()
    same(call.head.get("X-Request-Id"), "mine-42", "what the worker sees")
    call.answer()
    client.expect(200)


def a_request_id_is_made(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    seen = []
    for _ in range(3):
        client.get()
        call = worker.call()
        seen.append(call.head.get("X-Request-Id"))
        call.answer()
        client.expect(200)
    same(len(set(seen)), 3, "different request ids")
    holds(all(map(UUID_OR_SO.fullmatch, seen)), f"ids are of a decent form: {seen}")


def an_empty_request_id_is_none(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get("/run/f", "X-Request-Id:")
    call = worker.call()
    holds(UUID_OR_SO.fullmatch(call.head.get("X-Request-Id")), "an id is made")
    call.answer()
    client.expect(200)
    response = gateway.fetch("/none", "X-Request-Id:", status=404)
    holds(b'"request_id": "' in response.body, f"the body has an id: {response.body!r}")


def the_request_id_of_an_error_is_the_requests(stage):
    gateway = stage.picket(stage.worker())
    response = gateway.fetch("/none", "X-Request-Id: mine-42", status=404)
    response.error()
    holds(b'"mine-42"' in response.body, f"the id stands in the body: {response.body!r}")


def a_request_id_cannot_break_the_error_body(stage):
    gateway = stage.picket(stage.worker())
    gateway.fetch("/none", 'X-Request-Id: a"b\\c\xe4', status=404).error()


def repeated_headers_are_kept_in_their_order(stage):
    head = _through(stage, "X-A: 1", "Cookie: a=b", "X-A: 2", "x-a: 3")
    same(head.all("X-A"), ["1", "2", "3"], "X-A at the worker")


def repeated_headers_of_an_answer_are_kept_in_their_order(stage):
    head = _back(stage, "Set-Cookie: a=1", "X-A: b", "Set-Cookie: b=2")
    same(head.all("Set-Cookie"), ["a=1", "b=2"], "Set-Cookie at the client")


def values_are_passed_on_as_they_are(stage):
    values = ["", "a  b", "\xe4\xf6\xfc", '"quoted, \\" text"', "a:b:c", "x" * 8000]
    head = _through(stage, *[f"X-A: {value}" for value in values])
    same(head.all("X-A"), values, "X-A at the worker")


def names_are_passed_on_as_they_are(stage):
    head = _through(stage, "x-lower: 1", "X-UPPER: 2", "X-!#$%&'*+.^_`|~9: 3")
    names = [name for name, _ in head.headers]
    for name in ("x-lower", "X-UPPER", "X-!#$%&'*+.^_`|~9"):
        with stage.row(name):
            holds(name in names, f"{name} is one of {names}")


def methods_are_passed_on_as_they_are(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"):
        with stage.row(method):
            client.request(method, "/run/f")
            call = worker.call()
            same(call.method, method, "method at the worker")
            call.answer()
            client.expect(200)


def the_worker_is_spoken_to_in_http_1_1(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.0\r\n\r\n")
    call = worker.call()
    same(call.version, "HTTP/1.1", "version")
    same(call.head.get("Host"), worker.url.removeprefix("http://"), "Host, which is the worker's own")
    call.answer()
    client.expect(200)


def an_answer_without_date_or_server_is_passed_on(stage):
    head = _back(stage)
    same(head.all("Server"), [], "Server")


def the_reason_phrase_is_passed_on(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    worker.call().finish(b"HTTP/1.1 299 Quite Fine\r\nContent-Length: 0\r\n\r\n")
    same(client.expect(299).reason.strip(), "Quite Fine", "reason")
