"""Answers of workers: framed rightly for the client, or turned into a 502."""

from client import request_text
from wire import holds, same
from worker import answers, hello, says

OK = "HTTP/1.1 200 OK\r\n"

# Heads that no client may see.
BROKEN = [
    ("no HTTP at all", "hello\r\n\r\n"),
    ("a closed connection", ""),
    ("half a head", "HTTP/1.1 200 OK\r\nContent-Le"),
    ("no status", "HTTP/1.1\r\n\r\n"),
    ("status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
    ("status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
    ("status that is a word", "HTTP/1.1 abc OK\r\n\r\n"),
    ("status below 100", "HTTP/1.1 099 OK\r\n\r\n"),
    ("HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("HTTP/0.9", "HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("bare LF everywhere", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
    ("bare LF after a header", OK + "Content-Length: 0\nA: b\r\n\r\n"),
    ("bare CR in a value", OK + "A: b\rc\r\nContent-Length: 0\r\n\r\n"),
    ("NUL in a value", OK + "A: b\0\r\nContent-Length: 0\r\n\r\n"),
    ("space before the colon", OK + "Content-Length : 0\r\n\r\n"),
    ("empty name", OK + ": b\r\nContent-Length: 0\r\n\r\n"),
    ("no colon", OK + "Ab\r\nContent-Length: 0\r\n\r\n"),
    ("folded line", OK + "A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
    ("length with chunks", OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("different lengths", OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    ("negative length", OK + "Content-Length: -1\r\n\r\n"),
    ("length beyond 64 bits", OK + "Content-Length: 99999999999999999999\r\n\r\n"),
    ("unknown coding", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("a switch nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n"
     "Connection: upgrade\r\nUpgrade: x\r\n\r\n"),
    ("a head without end", OK + "A: " + "b" * 70000),
    ("endless headers", OK + "A: b\r\n" * 20000 + "\r\n"),
]

# Bodies that go wrong after a good head.
LENGTH = OK + "Content-Length: 10\r\n\r\n"
CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n"
CUT = [
    ("nothing at all", LENGTH, ""),
    ("shorter than its length", LENGTH, "abc"),
    ("no chunks", CHUNKED, ""),
    ("chunks that end early", CHUNKED, "3\r\nabc\r\n"),
    ("a chunk that ends early", CHUNKED, "5\r\nabc"),
    ("chunks without their last line", CHUNKED, "3\r\nabc\r\n0\r\n"),
    ("a chunk size that is a word", CHUNKED, "3\r\nabc\r\nxyz\r\n"),
    ("a chunk longer than its size", CHUNKED, "3\r\nabcd\r\n0\r\n\r\n"),
    ("bare LF after a chunk", CHUNKED, "3\r\nabc\n0\r\n\r\n"),
]


def what_is_malformed_about_an_answer_is_told(stage):
    for name, data, why in (("head", OK + "A: b\0\r\n\r\n", "NUL in the head"),
                            ("body", CHUNKED + "xyz\r\n", "chunk")):
        with stage.row(name):
            gateway = stage.picket(stage.worker(says(data)), retry={"attempts": 1})
            client = gateway.connect()
            client.get()
            gateway.expect_message(rf"worker \w+: its answer is malformed: .*{why}")


def a_broken_head_from_the_only_worker_is_502(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, retry={"attempts": 1})
    for name, data in BROKEN:
        with stage.row(name):
            client = gateway.connect()
            client.get()
            worker.call().hang_up(data.encode("latin-1"))
            client.expect(502).error()
            client.get()
            worker.call().answer(200, "", "Connection: close")
            client.expect(200)
            client.close()


def a_body_that_breaks_cuts_the_client(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    for name, head, rest in CUT:
        with stage.row(name):
            client = gateway.connect()
            client.get()
            call = worker.call()
            call.send(head)
            response = client.read_response_head()
            call.hang_up(rest.encode("latin-1"))
            client.expect_rest_cut(response)
            client.close()


def a_body_that_breaks_cuts_an_http_1_0_client_by_reset(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.0\r\n\r\n")
    call = worker.call()
    call.send(CHUNKED + "3\r\nabc\r\n")
    call.hang_up()
    client.expect_cut()


def an_answer_whose_end_is_a_reset_is_cut(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send(OK + "\r\nabc")
    response = client.read_response_head()
    same(client.read_chunk(), b"abc", "what came before")
    call.reset()
    client.expect_rest_cut(response)


def a_head_response_has_no_body_and_keeps_its_length(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.request("HEAD", "/run/f")
    worker.call().finish((OK + "Content-Length: 10\r\n\r\n").encode())
    same(client.expect(200).head.length(), 10, "Content-Length")
    client.get()
    worker.call().answer(200, "whole")
    same(client.expect(200).body, b"whole", "body of the next answer")


def a_head_response_in_chunks_has_no_body(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.request("HEAD", "/run/f")
    worker.call().finish(CHUNKED.encode())
    client.expect(200)
    client.get()
    worker.call().answer(200, "whole")
    same(client.expect(200).body, b"whole", "body of the next answer")


def _bodiless(stage, status, extra=""):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    worker.call().finish(f"HTTP/1.1 {status} Whatever\r\n{extra}\r\n".encode())
    response = client.expect(status)
    client.get()
    worker.call().answer(200, "whole")
    same(client.expect(200).body, b"whole", "body of the next answer")
    return response


def a_204_has_no_body(stage):
    response = _bodiless(stage, 204)
    same(response.head.length(), None, "Content-Length of a 204")
    same(response.head.get("Transfer-Encoding"), None, "Transfer-Encoding of a 204")


def a_304_has_no_body_whatever_its_length_says(stage):
    _bodiless(stage, 304, "Content-Length: 10\r\n")


def a_chunked_answer_arrives_in_chunks(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send(CHUNKED + "3\r\nabc\r\n")
    head = client.read_response_head().head
    holds(head.chunked(), "the client's head says chunked")
    same(client.read_chunk(), b"abc", "the first chunk, before the second was sent")
    call.finish(b"4\r\ndefg\r\n0\r\nTrailer: dropped\r\n\r\n")
    same(client.read_chunks(), b"defg", "the rest")
    client.get()
    worker.call().answer(200)
    client.expect(200)


def an_answer_that_ends_with_its_connection_is_framed_anew(stage):
    gateway = stage.picket(stage.worker(says(OK + "\r\nwhole")))
    client = gateway.connect()
    for _ in range(2):
        client.get()
        response = client.expect(200)
        same(response.body, b"whole", "body")
        same(response.framing, "chunked", "framing")


def an_http_1_0_worker_is_understood(stage):
    gateway = stage.picket(stage.worker(says("HTTP/1.0 200 OK\r\n\r\nold")))
    client = gateway.connect()
    client.get()
    same(client.expect(200).body, b"old", "body")


def an_http_1_0_client_gets_no_chunks(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.0\r\nHost: h\r\n\r\n")
    worker.call().finish((CHUNKED + "3\r\nabc\r\n0\r\n\r\n").encode())
    response = client.expect(200)
    same(response.framing, "close", "framing")
    same(response.body, b"abc", "body")


def interim_answers_reach_the_client(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    same(client.read_response_head().status, 103, "status")
    call.send("HTTP/1.1 102 Processing\r\n\r\n")
    same(client.read_response_head().status, 102, "status")
    call.answer(200, "whole")
    same(client.expect(200).body, b"whole", "body")


def interim_answers_are_kept_from_http_1_0_clients(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.0\r\n\r\n")
    call = worker.call()
    call.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    call.answer(200, "whole")
    same(client.read_response_head().status, 200, "status")


def _says_too_much(stage, beginning, rest):
    """An answer of which the client has the beginning when more than the rest comes."""
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send(beginning)
    client.until_received(min(1, len(beginning)))
    call.finish((rest + OK + "Content-Length: 6\r\n\r\nstolen").encode())
    same(client.expect(200).body, b"abc", "body")
    client.get()
    worker.call().answer(200, "mine")
    same(client.expect(200).body, b"mine", "body of the next answer")
    same(worker.connections, 2, "connections to the worker")


def what_a_worker_says_beyond_its_answer_reaches_nobody(stage):
    _says_too_much(stage, "", OK + "Content-Length: 3\r\n\r\nabc")


def what_a_worker_says_beyond_its_body_reaches_nobody(stage):
    _says_too_much(stage, OK + "Content-Length: 3\r\n\r\na", "bc")


def what_a_worker_says_beyond_its_chunks_reaches_nobody(stage):
    _says_too_much(stage, CHUNKED + "3\r\nab", "c\r\n0\r\n\r\n")


def an_answer_before_the_whole_request_was_read_is_passed_on(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc")
    worker.call().hang_up(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n"
                          b"Connection: close\r\n\r\nbig")
    same(client.expect(413).body, b"big", "body")
    client.expect_closed()


def a_connection_whose_request_was_not_read_is_not_used_again(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc")
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
    same(client.expect(200).body, b"yes", "body")
    client.expect_closed()
    call.expect_gone()
    other = gateway.connect()
    other.get()
    worker.call().answer(200, "new")
    same(other.expect(200).body, b"new", "body of the next answer")


def an_error_for_head_has_no_body(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.request("HEAD", "/nowhere")
    client.expect(404)
    client.get()
    client.expect(200)


def the_status_of_a_worker_is_passed_on(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    for status in (200, 201, 206, 301, 400, 404, 418, 500, 502, 503, 504, 599):
        with stage.row(str(status)):
            client.post()
            worker.call().answer(status, "mine")
            same(client.expect(status).body, b"mine", "body")


def every_answer_goes_to_the_request_it_belongs_to(stage):
    gateway = stage.picket(stage.worker(lambda call: call.answer(200, call.target)))
    clients = [gateway.connect() for _ in range(20)]
    for turn in range(10):
        for number, client in enumerate(clients):
            client.send(request_text("GET", f"/run/f/{number}/{turn}"))
        for number, client in enumerate(clients):
            same(client.expect(200).body.decode(), f"/run/f/{number}/{turn}", "whose answer")


def an_empty_answer_is_whole(stage):
    gateway = stage.picket(stage.worker(answers(200)))
    client = gateway.connect()
    for _ in range(3):
        client.get()
        same(client.expect(200).body, b"", "body")


def a_refusing_gateway_says_so_in_json(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.fetch("/elsewhere", status=404).error()
