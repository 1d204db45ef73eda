"""Upgrade, CONNECT, and Expect: 100-continue."""

from wire import holds, same
from worker import hello

ASK = ("GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Key: abc\r\n\r\n")
SWITCH = ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Accept: def\r\n\r\n")
EXPECT = "POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"


def _tunnel(stage, **config):
    worker = stage.worker()
    gateway = stage.picket(worker, **config)
    client = gateway.connect()
    client.send(ASK)
    call = worker.call()
    call.send(SWITCH)
    same(client.read_response_head().status, 101, "status")
    return gateway, client, call


def an_upgrade_becomes_a_tunnel(stage):
    _, client, call = _tunnel(stage)
    client.send(b"\x81\x05hello")
    same(call.wire.read_exactly(7), b"\x81\x05hello", "from client to worker")
    call.send(b"\x81\x03yes\0\xff")
    same(client.read_exactly(7), b"\x81\x03yes\0\xff", "from worker to client")
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    same(call.wire.read_exactly(18), b"GET / HTTP/1.1\r\n\r\n", "bytes that look like a request")
    call.hang_up()
    client.expect_closed()


def the_upgrade_headers_travel(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(ASK)
    call = worker.call()
    same(call.head.get("Upgrade"), "websocket", "Upgrade at the worker")
    same(call.head.get("Connection").lower(), "upgrade", "Connection at the worker")
    same(call.head.get("Sec-WebSocket-Key"), "abc", "key at the worker")
    call.send(SWITCH)
    head = client.read_response_head().head
    same(head.get("Upgrade"), "websocket", "Upgrade at the client")
    same(head.get("Connection").lower(), "upgrade", "Connection at the client")
    same(head.get("Sec-WebSocket-Accept"), "def", "key at the client")
    call.hang_up()


def bytes_right_behind_the_upgrade_are_tunnelled(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(ASK + "early")
    call = worker.call()
    call.send(SWITCH + "also early")
    same(client.read_response_head().status, 101, "status")
    same(client.read_exactly(10), b"also early", "from worker to client")
    same(call.wire.read_exactly(5), b"early", "from client to worker")
    call.hang_up()


def a_tunnel_carries_much_both_ways(stage):
    _, client, call = _tunnel(stage)
    for side, other in ((client, call.wire), (call.wire, client)):
        for _ in range(64):
            side.send_zeros(65536)
            other.discard(65536)
    call.hang_up()
    client.expect_closed()


def a_slow_end_of_a_tunnel_slows_the_other(stage):
    stage.need_plain_build()
    gateway, client, call = _tunnel(stage)
    proxy = gateway.pids("proxy")[0]
    before = gateway.peak_memory(proxy)
    for side, other in ((client, call.wire), (call.wire, client)):
        sent = side.send_until_stuck(64 << 20)
        holds(sent < 32 << 20, f"{side.who} is held up: {sent} bytes went out")
        other.discard(sent)
    grown = gateway.peak_memory(proxy) - before
    holds(grown < 4 << 20, f"the proxy does not store them: {grown}")
    call.hang_up()


def a_client_that_leaves_its_tunnel_gives_the_place_back(stage):
    gateway, client, call = _tunnel(stage)
    same(gateway.inflight(), {"worker1": 1}, "in flight while the tunnel stands")
    client.close()
    call.expect_gone()
    stage.until(lambda: gateway.inflight() == {"worker1": 0}, "the place is given back")


def last_words_into_a_tunnel_arrive(stage):
    _, client, call = _tunnel(stage)
    client.send("last words")
    client.close()
    same(call.wire.read_to_end(), b"last words", "what the worker reads to the end")
    call.hang_up()


def last_words_out_of_a_tunnel_arrive(stage):
    _, client, call = _tunnel(stage)
    call.hang_up(b"farewell")
    same(client.read_to_end(), b"farewell", "what the client reads to the end")


def a_silent_tunnel_is_closed(stage):
    _, client, call = _tunnel(stage, timeouts={"tunnel": 0.2})
    client.expect_closed()
    call.expect_gone()


def a_refused_upgrade_is_an_ordinary_answer(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(ASK)
    worker.call().answer(200, "no, thanks")
    same(client.expect(200).body, b"no, thanks", "body")
    client.get()
    worker.call().answer(200, "again")
    same(client.expect(200).body, b"again", "body of the next answer")


def upgrade_without_connection_is_not_passed_on(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get("/run/f", "Upgrade: websocket")
    call = worker.call()
    same(call.head.all("Upgrade"), [], "Upgrade at the worker")
    call.answer()
    client.expect(200)


def connect_is_refused(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")
    client.expect_refusal(405)
    worker.saw(0)


def a_client_that_expects_100_is_told_to_continue(stage):
    worker = stage.worker(lambda call: call.answer(200, call.body()))
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(EXPECT)
    same(client.read_response_head().status, 100, "status")
    client.send("abc")
    same(client.expect(200).body, b"abc", "body")


def a_client_that_expects_100_for_its_chunks_is_told_to_continue(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                "Expect: 100-continue\r\n\r\n")
    same(client.read_response_head().status, 100, "status")
    client.send("3\r\nabc\r\n0\r\n\r\n")
    call = worker.call()
    same(call.head.get("Expect"), None, "Expect at the worker, which needs not answer it again")
    call.answer(200, call.body())
    same(client.expect(200).body, b"abc", "body")


def the_worker_answers_expect_unless_the_gateway_has(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    for head, seen in ((EXPECT, "100-continue"), (EXPECT.replace("HTTP/1.1", "HTTP/1.0"), None)):
        with stage.row(head):
            client = gateway.connect()
            client.send(head + "abc")
            call = worker.call()
            same(call.head.get("Expect"), seen, "Expect at the worker")
            call.answer(200, call.body())
            same(client.expect(200).body, b"abc", "body")


def a_client_that_does_not_wait_for_100_is_served(stage):
    worker = stage.worker(lambda call: call.answer(200, call.body()))
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(EXPECT + "abc")
    same(client.expect(200).body, b"abc", "body")


def a_client_that_expects_100_learns_of_a_refusal_first(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, limits={"body_bytes": 2})
    client = gateway.connect()
    client.send(EXPECT)
    same(client.read_response_head().status, 413, "status")
    worker.saw(0)
