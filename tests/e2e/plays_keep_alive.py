"""Connections that are kept: to clients, to workers, and requests in a row."""

from client import request_text
from wire import holds, same
from worker import answers, echo, hello, says


def a_client_keeps_its_connection(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    for _ in range(5):
        client.get()
        same(client.expect(200).head.get("Connection"), None, "Connection")


def connection_close_is_honoured(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.get("/run/f", "Connection: close")
    same(client.expect(200).head.get("Connection"), "close", "Connection")
    client.expect_closed()


def an_http_1_0_client_is_closed(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.send("GET /run/f HTTP/1.0\r\n\r\n")
    client.expect(200)
    client.expect_closed()


def an_http_1_0_client_may_ask_to_be_kept(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    for _ in range(2):
        client.send("GET /run/f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        same(client.expect(200).head.get("Connection").lower(), "keep-alive", "Connection")


def pipelined_requests_are_answered_in_order(stage):
    gateway = stage.picket(stage.worker(lambda call: call.answer(200, call.target)))
    client = gateway.connect()
    client.send(b"".join(request_text("GET", f"/run/f/{n}") for n in range(50)))
    for number in range(50):
        same(client.expect(200).body.decode(), f"/run/f/{number}", "whose answer")


def a_slow_answer_holds_back_those_behind_it(stage):
    slow, quick = stage.worker(), stage.worker(hello)
    gateway = stage.picket(slow, quick, policy="./by_name.lua", files={"by_name.lua": """
        return { pick = function(request, workers)
            return workers[request.func == "slow" and 1 or 2]
        end }
    """})
    client = gateway.connect()
    client.send(request_text("GET", "/run/slow") + request_text("GET", "/run/quick"))
    call = slow.call()
    client.expect_nothing_yet()
    call.answer(200, "first")
    same(client.expect(200).body, b"first", "the first answer")
    same(client.expect(200).body, b"worker2", "the second answer")


def pipelined_bodies_are_told_apart(stage):
    gateway = stage.picket(stage.worker(echo))
    client = gateway.connect()
    chunked = (b"POST /run/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
               b"3\r\ntwo\r\n0\r\n\r\n")
    client.send(request_text("POST", "/run/f", body=b"one") + chunked
                + request_text("POST", "/run/f", body=b"three") + request_text("GET", "/run/f"))
    for body in (b"one", b"two", b"three", b""):
        same(client.expect(200).body, body, "body")


def what_is_pipelined_behind_connection_close_is_not_served(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(request_text("GET", "/run/f", ["Connection: close"])
                + request_text("GET", "/run/g"))
    client.expect(200)
    client.expect_closed()
    worker.saw(1)


def requests_without_end_are_held_up(stage):
    stage.need_plain_build()
    gateway = stage.picket(stage.worker(hello))
    proxy = gateway.pids("proxy")[0]
    gateway.fetch()
    before = gateway.peak_memory(proxy)
    for target in ("/run/f", "/nowhere"):
        client = gateway.connect(receive_buffer=16384)
        sent = client.send_until_stuck(64 << 20, request_text("GET", target) * 1000)
        holds(sent < 32 << 20, f"the client that does not read is held up: {sent}")
        client.close()
    grown = gateway.peak_memory(proxy) - before
    holds(grown < 4 << 20, f"the proxy grows by less than 4 MiB: {grown}")


def a_connection_to_a_worker_is_used_again(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for _ in range(5):
        gateway.fetch()
    same(worker.connections, 1, "connections to the worker")


def the_newest_idle_connection_is_used_first(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    clients = [gateway.connect() for _ in range(3)]
    calls = []
    for client in clients:
        client.get()
        calls.append(worker.call())
    for client, call in zip(clients, calls):
        call.answer(200)
        client.expect(200)
    clients[0].get()
    again = worker.call()
    same(again.wire.who, calls[-1].wire.who, "the connection used again")
    again.answer(200)
    clients[0].expect(200)


def a_worker_that_wants_to_close_is_not_used_again(stage):
    worker = stage.worker(answers(200, "", "Connection: close"))
    gateway = stage.picket(worker)
    for _ in range(3):
        gateway.fetch()
    same(worker.connections, 3, "connections to the worker")


def an_http_1_0_worker_is_not_used_again(stage):
    worker = stage.worker(says("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"))
    gateway = stage.picket(worker)
    for _ in range(3):
        gateway.fetch()
    same(worker.connections, 3, "connections to the worker")


def idle_connections_to_a_worker_are_limited(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, limits={"idle_per_worker": 2})
    clients = [gateway.connect() for _ in range(4)]
    for client in clients:
        client.get()
    calls = [worker.call() for _ in clients]
    for call in calls:
        call.answer(200)
    for client in clients:
        client.expect(200)
    stage.until(lambda: worker.open_connections() == 2, "two connections stay idle")


def an_idle_connection_to_a_worker_is_closed_in_time(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, timeouts={"upstream_idle": 0.1})
    gateway.fetch()
    stage.until(lambda: worker.open_connections() == 0, "the idle connection is closed")


def a_client_that_leaves_between_requests_is_forgotten(stage):
    gateway = stage.picket(stage.worker(hello))
    for _ in range(20):
        client = gateway.connect()
        client.get()
        client.expect(200)
        client.close()
    gateway.fetch()


def a_client_that_half_closes_after_its_answers_is_closed(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.get()
    client.expect(200)
    client.half_close()
    client.expect_closed()
