"""Requests that are refused: answered once, closed, and never seen by a worker."""

from wire import same
from worker import echo, hello

LINE = "GET /run/f HTTP/1.1\r\n"
POST = "POST /run/f HTTP/1.1\r\nHost: h\r\n"
CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = "GET /run/smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

# What it is, its bytes, and the statuses that refuse it.
HEADS = [
    # The request line.
    ("lower-case method", "get /run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400, 501}),
    ("unknown method", "BREW /run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400, 501}),
    ("method that is no token", "G(T /run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("no target", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("two spaces before the target", "GET  /run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("two spaces before the version", "GET /run/f  HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("tab before the target", "GET\t/run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("space in the target", "GET /run/f x HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("NUL in the target", "GET /run/f\0 HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("control character in the target", "GET /run/\x01f HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("DEL in the target", "GET /run/\x7ff HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("target without a slash", "GET run/f HTTP/1.1\r\nHost: h\r\n\r\n", {400}),
    ("asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", {400, 404}),
    ("space after the version", "GET /run/f HTTP/1.1 \r\nHost: h\r\n\r\n", {400}),
    ("no version", "GET /run/f\r\nHost: h\r\n\r\n", {400, 505}),
    ("lower-case version", "GET /run/f http/1.1\r\nHost: h\r\n\r\n", {400}),
    ("other protocol", "GET /run/f RTSP/1.1\r\nHost: h\r\n\r\n", {400, 505}),
    ("version 0.9", "GET /run/f HTTP/0.9\r\nHost: h\r\n\r\n", {505, 400}),
    ("version 2.0", "GET /run/f HTTP/2.0\r\nHost: h\r\n\r\n", {505}),
    ("version 3.0", "GET /run/f HTTP/3.0\r\nHost: h\r\n\r\n", {505}),
    ("version of two digits", "GET /run/f HTTP/1.10\r\nHost: h\r\n\r\n", {400, 505}),
    ("version with a leading zero", "GET /run/f HTTP/01.1\r\nHost: h\r\n\r\n", {400, 505}),
    ("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    ("a TLS client hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    # Line ends.
    ("bare LF everywhere", "GET /run/f HTTP/1.1\nHost: h\n\n", {400}),
    ("bare LF after the request line", "GET /run/f HTTP/1.1\nHost: h\r\n\r\n", {400}),
    ("bare LF after a header", LINE + "Host: h\nA: b\r\n\r\n", {400}),
    ("bare LF in the empty line", LINE + "Host: h\r\n\n", {400}),
    ("bare CR after a header", LINE + "Host: h\rA: b\r\n\r\n", {400}),
    ("bare CR in a value", LINE + "Host: h\r\nA: b\rc\r\n\r\n", {400}),
    ("CR CR LF", LINE + "Host: h\r\r\n\r\n", {400}),
    # Header lines.
    ("space before the colon", LINE + "Host: h\r\nA : b\r\n\r\n", {400}),
    ("tab before the colon", LINE + "Host: h\r\nA\t: b\r\n\r\n", {400}),
    ("space before the first header", LINE + " Host: h\r\n\r\n", {400}),
    ("folded line, space", LINE + "Host: h\r\nA: b\r\n c\r\n\r\n", {400}),
    ("folded line, tab", LINE + "Host: h\r\nA: b\r\n\tc\r\n\r\n", {400}),
    ("folded line, empty", LINE + "Host: h\r\nA: b\r\n \r\n\r\n", {400}),
    ("empty name", LINE + "Host: h\r\n: b\r\n\r\n", {400}),
    ("no colon", LINE + "Host: h\r\nAb\r\n\r\n", {400}),
    ("space in a name", LINE + "Host: h\r\nA b: c\r\n\r\n", {400}),
    ("bracket in a name", LINE + "Host: h\r\nA(b: c\r\n\r\n", {400}),
    ("NUL in a name", LINE + "Host: h\r\nA\0b: c\r\n\r\n", {400}),
    ("letter beyond ASCII in a name", LINE + "Host: h\r\n\xe4: c\r\n\r\n", {400}),
    ("NUL in a value", LINE + "Host: h\r\nA: b\0c\r\n\r\n", {400}),
    ("control character in a value", LINE + "Host: h\r\nA: b\x01c\r\n\r\n", {400}),
    ("DEL in a value", LINE + "Host: h\r\nA: b\x7fc\r\n\r\n", {400}),
    # Host.
    ("no Host", LINE + "A: b\r\n\r\n", {400}),
    ("two Hosts", LINE + "Host: h\r\nHost: h\r\n\r\n", {400}),
    ("two different Hosts", LINE + "Host: h\r\nhost: i\r\n\r\n", {400}),
    ("space in Host", LINE + "Host: h i\r\n\r\n", {400}),
    ("slash in Host", LINE + "Host: h/i\r\n\r\n", {400}),
    ("comma in Host", LINE + "Host: h,i\r\n\r\n", {400}),
    # Content-Length.
    ("Content-Length with Transfer-Encoding",
     POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    ("Transfer-Encoding with Content-Length",
     POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", {400}),
    ("different lengths", POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", {400}),
    ("different lengths in a list", POST + "Content-Length: 3, 4\r\n\r\nabcd", {400}),
    ("empty length", POST + "Content-Length:\r\n\r\n", {400}),
    ("negative length", POST + "Content-Length: -3\r\n\r\n", {400}),
    ("length with a plus", POST + "Content-Length: +3\r\n\r\nabc", {400}),
    ("hexadecimal length", POST + "Content-Length: 0x3\r\n\r\nabc", {400}),
    ("length with a fraction", POST + "Content-Length: 3.0\r\n\r\nabc", {400}),
    ("two numbers", POST + "Content-Length: 3 3\r\n\r\nabc", {400}),
    ("length that is a word", POST + "Content-Length: abc\r\n\r\nabc", {400}),
    ("length beyond 64 bits", POST + "Content-Length: 99999999999999999999\r\n\r\n", {400, 413}),
    ("length of 2^64", POST + "Content-Length: 18446744073709551616\r\n\r\n", {400, 413}),
    # Transfer-Encoding.
    ("unknown coding", POST + "Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
    ("unknown coding, then chunked", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n", {501}),
    ("coding after chunked", POST + "Transfer-Encoding: chunked, gzip\r\n\r\n", {400, 501}),
    ("chunked twice", POST + "Transfer-Encoding: chunked, chunked\r\n\r\n", {400, 501}),
    ("chunked in two headers",
     POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", {400, 501}),
    ("chunked and identity",
     POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", {400, 501}),
    ("identity", POST + "Transfer-Encoding: identity\r\n\r\n", {400, 501}),
    ("almost chunked", POST + "Transfer-Encoding: xchunked\r\n\r\n", {400, 501}),
    ("chunked with a parameter", POST + "Transfer-Encoding: chunked;a=b\r\n\r\n", {400, 501}),
    ("chunked in quotes", POST + "Transfer-Encoding: \"chunked\"\r\n\r\n", {400, 501}),
    ("chunked behind a vertical tab", POST + "Transfer-Encoding:\x0bchunked\r\n\r\n", {400}),
    ("empty coding", POST + "Transfer-Encoding:\r\n\r\n", {400, 501}),
    ("space before the colon of a coding",
     POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", {400}),
    ("chunked in HTTP/1.0",
     "POST /run/f HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
]

CHUNKS = [
    ("no size", "\r\nabc\r\n0\r\n\r\n"),
    ("size that is a word", "xyz\r\nabc\r\n0\r\n\r\n"),
    ("negative size", "-3\r\nabc\r\n0\r\n\r\n"),
    ("size with a plus", "+3\r\nabc\r\n0\r\n\r\n"),
    ("size with 0x", "0x3\r\nabc\r\n0\r\n\r\n"),
    ("space before the size", " 3\r\nabc\r\n0\r\n\r\n"),
    ("space after the size", "3 \r\nabc\r\n0\r\n\r\n"),
    ("size beyond 64 bits", "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"),
    ("bare LF after the size", "3\nabc\r\n0\r\n\r\n"),
    ("bare CR after the size", "3\rabc\r\n0\r\n\r\n"),
    ("bare LF after an extension", "3;a=b\nabc\r\n0\r\n\r\n"),
    ("NUL in an extension", "3;a=\0\r\nabc\r\n0\r\n\r\n"),
    ("data longer than its size", "3\r\nabcd\r\n0\r\n\r\n"),
    ("data shorter than its size", "3\r\nab\r\n0\r\n\r\n"),
    ("bare LF after the data", "3\r\nabc\n0\r\n\r\n"),
    ("no CRLF after the data", "3\r\nabc0\r\n\r\n"),
    ("bare LF after the last size", "3\r\nabc\r\n0\n\r\n"),
    ("bare LF at the very end", "3\r\nabc\r\n0\r\n\n"),
    ("endless extension", "3;" + "a" * 70000 + "\r\nabc\r\n0\r\n\r\n"),
    ("endless trailers", "3\r\nabc\r\n0\r\n" + "A: b\r\n" * 20000 + "\r\n"),
]


def _refused(gateway, data, statuses):
    client = gateway.connect()
    client.send(data)
    response = client.expect_one_of(statuses)
    response.error()
    same(response.head.get("Connection"), "close", "Connection of a refusal")
    client.expect_closed()
    client.close()


def malformed_heads_are_refused_before_any_worker_sees_them(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for name, data, statuses in HEADS:
        with stage.row(name):
            _refused(gateway, data, statuses)
    worker.saw(0)


def what_follows_a_malformed_head_is_not_a_request(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for name, data, statuses in HEADS:
        with stage.row(name):
            _refused(gateway, data + SMUGGLED, statuses)
    worker.saw(0)


def malformed_heads_are_refused_when_they_come_byte_by_byte(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for name, data, statuses in HEADS[::7]:
        with stage.row(name):
            client = gateway.connect()
            client.drip(data)
            client.expect_one_of(statuses)
            client.close()
    worker.saw(0)


def malformed_chunks_are_refused(stage):
    gateway = stage.picket(stage.worker(echo))
    for name, data in CHUNKS:
        with stage.row(name):
            _refused(gateway, CHUNKED + data + SMUGGLED, {400, 413, 431})


def a_refused_request_leaves_other_connections_alone(stage):
    gateway = stage.picket(stage.worker(hello))
    other = gateway.connect()
    other.get()
    other.expect(200)
    gateway.connect().send("\0\r\n\r\n")
    other.get()
    other.expect(200)


def a_refused_request_comes_after_the_answers_before_it(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.1\r\nHost: h\r\n\r\nGET /run/f HTTP/9.9\r\nHost: h\r\n\r\n")
    client.expect(200)
    client.expect_refusal(505)


def a_client_that_writes_on_still_reads_why_it_was_refused(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n")
    client.send_zeros(64 * 1024)
    client.expect(400)


# Unusual, but right.

UNUSUAL = [
    ("empty line before the request", "\r\nGET /run/f HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("absolute target", "GET http://h/run/f HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("a later minor version", "GET /run/f HTTP/1.9\r\nHost: h\r\n\r\n"),
    ("HTTP/1.0 without Host", "GET /run/f HTTP/1.0\r\n\r\n"),
    ("Host with a port", LINE + "Host: h:8080\r\n\r\n"),
    ("Host that is an IPv6 address", LINE + "Host: [::1]:8080\r\n\r\n"),
    ("no space after the colon", LINE + "Host:h\r\nA:b\r\n\r\n"),
    ("much white space around a value", LINE + "Host: \t h \t \r\n\r\n"),
    ("value beyond ASCII", LINE + "Host: h\r\nA: \xe4\xf6\r\n\r\n"),
    ("empty value", LINE + "Host: h\r\nA:\r\n\r\n"),
    ("chunked in other letters", POST + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    ("chunk extension", CHUNKED + "3;a=b;c=\"d\"\r\nabc\r\n0\r\n\r\n"),
    ("chunk size with zeros", CHUNKED + "0003\r\nabc\r\n000\r\n\r\n"),
    ("chunk size in capitals", CHUNKED + "A\r\n0123456789\r\n0\r\n\r\n"),
    ("trailers", CHUNKED + "3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n"),
    ("leading zeros in a length", POST + "Content-Length: 003\r\n\r\nabc"),
]


def what_is_unusual_but_right_is_served(stage):
    gateway = stage.picket(stage.worker(echo))
    for name, data in UNUSUAL:
        with stage.row(name):
            client = gateway.connect()
            client.send(data)
            client.expect(200)
            client.close()


def a_request_that_comes_byte_by_byte_is_served(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    client.drip(CHUNKED + "3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nA: b\r\n\r\n")
    same(client.expect(200).body, b"abcdefg", "body")
