"""Bodies: streamed both ways with bounded memory, and framed for the other side."""

from stage import deadline
from wire import holds, same
from worker import echo, raw

GIB = 1 << 30
MIB = 1 << 20
MUCH = 64 * MIB  # much more than the buffers of all sockets between two sides
CHUNKED = "POST /run/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


@raw
def _gulp(wire):
    """Read requests, forget their bodies, and say how long they were."""
    while (head := wire.read_head()) is not None:
        length = head.length()
        wire.discard(length)
        wire.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(str(length))}\r\n\r\n{length}")


@raw
def _pour(wire):
    """Answer every request with as many zeros as its path asks for."""
    while (head := wire.read_head()) is not None:
        length = int(head.start.split("/")[3].split(" ")[0])
        wire.send(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")
        wire.send_zeros(length)


def _upload(gateway, length):
    client = gateway.connect()
    client.send(f"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n")
    client.send_zeros(length)
    same(client.expect(200).body.decode(), str(length), "bytes that the worker saw")
    client.close()


def _download(gateway, length):
    client = gateway.connect()
    client.get(f"/run/f/{length}")
    same(client.read_response_head().head.length(), length, "Content-Length")
    client.discard(length)
    client.close()


def _growth(gateway, move):
    """How much the proxy's peak memory grows over `move`, once warmed up."""
    proxy = gateway.pids("proxy")[0]
    move(gateway, 8 * MIB)
    before = gateway.peak_memory(proxy)
    move(gateway, GIB)
    return gateway.peak_memory(proxy) - before


@deadline(120)
def a_gibibyte_to_a_worker_needs_no_memory(stage):
    stage.need_plain_build()
    gateway = stage.picket(stage.worker(_gulp))
    grown = _growth(gateway, _upload)
    holds(grown < 4 * MIB, f"the proxy grows by less than 4 MiB: {grown}")


@deadline(120)
def a_gibibyte_from_a_worker_needs_no_memory(stage):
    stage.need_plain_build()
    gateway = stage.picket(stage.worker(_pour))
    grown = _growth(gateway, _download)
    holds(grown < 4 * MIB, f"the proxy grows by less than 4 MiB: {grown}")


def a_slow_worker_slows_the_client(stage):
    stage.need_plain_build()
    worker = stage.worker()
    gateway = stage.picket(worker)
    proxy = gateway.pids("proxy")[0]
    client = gateway.connect()
    client.send(f"POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: {MUCH}\r\n\r\n")
    call = worker.call()
    before = gateway.peak_memory(proxy)
    sent = client.send_until_stuck(MUCH)
    holds(sent < MUCH / 2, f"the client is held up: {sent} bytes went out")
    holds(gateway.peak_memory(proxy) - before < 4 * MIB, "the proxy does not store them")
    reading = stage.beside(lambda: call.wire.discard(MUCH))
    client.send_zeros(MUCH - sent)
    reading.result()
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    client.expect(200)
    call.hang_up()


def a_slow_client_slows_the_worker(stage):
    stage.need_plain_build()
    worker = stage.worker()
    gateway = stage.picket(worker)
    proxy = gateway.pids("proxy")[0]
    client = gateway.connect(receive_buffer=16384)
    client.get()
    call = worker.call()
    call.send(f"HTTP/1.1 200 OK\r\nContent-Length: {MUCH}\r\n\r\n")
    client.read_response_head()
    before = gateway.peak_memory(proxy)
    sent = call.wire.send_until_stuck(MUCH)
    holds(sent < MUCH / 2, f"the worker is held up: {sent} bytes went out")
    holds(gateway.peak_memory(proxy) - before < 4 * MIB, "the proxy does not store them")
    writing = stage.beside(lambda: call.wire.send_zeros(MUCH - sent))
    client.discard(MUCH)
    writing.result()
    call.hang_up()


def interim_answers_without_end_are_held_up(stage):
    stage.need_plain_build()
    worker = stage.worker()
    gateway = stage.picket(worker)
    proxy = gateway.pids("proxy")[0]
    client = gateway.connect(receive_buffer=16384)
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 102 Processing\r\n\r\n")
    same(client.read_response_head().status, 102, "status")
    before = gateway.peak_memory(proxy)
    sent = call.wire.send_until_stuck(MUCH, b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)
    holds(sent < MUCH / 2, f"the worker is held up: {sent} bytes went out")
    holds(gateway.peak_memory(proxy) - before < 4 * MIB, "the proxy does not store them")
    client.close()
    call.expect_gone()


def a_small_chunked_body_reaches_the_worker_with_its_length(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(CHUNKED + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
    call = worker.call()
    same(call.head.length(), 7, "Content-Length")
    same(call.head.get("Transfer-Encoding"), None, "Transfer-Encoding")
    same(call.body(), b"abcdefg", "body")
    call.answer()
    client.expect(200)


def an_empty_chunked_body_reaches_the_worker_without_chunks(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(CHUNKED + "0\r\n\r\n")
    call = worker.call()
    same(call.head.get("Transfer-Encoding"), None, "Transfer-Encoding")
    same(call.body(), b"", "body")
    call.answer()
    client.expect(200)


def a_big_chunked_body_reaches_the_worker_in_chunks(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    client.send(CHUNKED)
    for number in range(64):
        client.send(f"{65536:x}\r\n".encode() + bytes([number]) * 65536 + b"\r\n")
    client.send("0\r\n\r\n")
    whole = b"".join(bytes([number]) * 65536 for number in range(64))
    holds(client.expect(200).body == whole, "4 MiB come back as they went out")


def a_chunked_body_is_collected_up_to_64_kib(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    for length, collected in ((65536, True), (65537, False)):
        with stage.row(length):
            client = gateway.connect()
            client.send(CHUNKED + f"{length:x}\r\n" + "x" * length)
            if collected:
                client.send("\r\n0\r\n\r\n")
            call = worker.call()
            same(call.head.chunked(), not collected, "whether it comes in chunks")
            if not collected:
                client.send("\r\n0\r\n\r\n")
            same(call.body(), b"x" * length, "body")
            call.answer()
            client.expect(200)


def a_chunked_body_that_pauses_reaches_the_worker_meanwhile(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(CHUNKED + f"{300000:x}\r\n" + "x" * 300000 + "\r\n")
    call = worker.call()
    holds(call.head.chunked(), "a long body goes on in chunks")
    client.send("3\r\nabc\r\n0\r\n\r\n")
    same(len(call.body()), 300003, "length of the body")
    call.answer()
    client.expect(200)


def a_body_reaches_the_worker_while_it_is_sent(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc")
    call = worker.call()
    same(call.wire.read_exactly(3), b"abc", "the first half")
    client.send("def")
    same(call.wire.read_exactly(3), b"def", "the second half")
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    client.expect(200)
    call.hang_up()


def every_length_of_body_comes_back(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    for length in (0, 1, 2, 1023, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 1000000):
        with stage.row(str(length)):
            body = bytes(n % 251 for n in range(length))
            client.post("/run/f", body)
            holds(client.expect(200).body == body, "the body came back as it went out")


def a_body_of_tiny_chunks_comes_back(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    letters = b"abcdefghij" * 20000
    client.send(CHUNKED)
    client.send(b"".join(b"1\r\n%c\r\n" % letter for letter in letters) + b"0\r\n\r\n")
    holds(client.expect(200).body == letters, "200,000 chunks come back as one body")


def a_get_with_a_body_keeps_it(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    client.request("GET", "/run/f", body=b"abc")
    same(client.expect(200).body, b"abc", "body")


def trailers_are_dropped(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(CHUNKED + f"{300000:x}\r\n" + "x" * 300000 + "\r\n0\r\nX-Trailer: no\r\n\r\n")
    call = worker.call()
    same(call.body(), b"x" * 300000, "body, after whose last chunk comes an empty line")
    call.answer()
    client.expect(200)
