"""Clients that leave and workers that die: no place is lost, nobody is told a half truth."""

from wire import same


def _in_flight(stage, gateway, count):
    stage.until(lambda: gateway.inflight() == {"worker1": count}, f"{count} in flight")


def _asked(stage, data="GET /run/f HTTP/1.1\r\nHost: h\r\n\r\n"):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.send(data)
    call = worker.call()
    _in_flight(stage, gateway, 1)
    return gateway, client, call


def a_client_that_closes_while_it_waits_gives_its_place_back(stage):
    gateway, client, call = _asked(stage)
    client.close()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_resets_while_it_waits_gives_its_place_back(stage):
    gateway, client, call = _asked(stage)
    client.reset()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_half_closes_while_it_waits_counts_as_gone(stage):
    gateway, client, call = _asked(stage)
    client.half_close()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_leaves_amid_its_body_gives_its_place_back(stage):
    gateway, client, call = _asked(
        stage, "POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
    client.close()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_leaves_amid_the_answer_gives_its_place_back(stage):
    gateway, client, call = _asked(stage)
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    client.read_response_head()
    client.close()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_leaves_a_stuck_answer_gives_its_place_back(stage):
    gateway, client, call = _asked(stage)
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    client.read_response_head()
    call.wire.send_until_stuck(100000000)
    client.reset()
    call.wire.expect_given_up(100000000)
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_client_that_leaves_a_stuck_upload_gives_its_place_back(stage):
    gateway, client, call = _asked(
        stage, "POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n")
    client.send_until_stuck(100000000)
    client.reset()
    _in_flight(stage, gateway, 0)
    call.expect_gone()


def a_client_that_leaves_with_requests_behind_gives_all_back(stage):
    gateway, client, call = _asked(stage, "GET /run/f HTTP/1.1\r\nHost: h\r\n\r\n" * 5)
    client.close()
    call.expect_gone()
    _in_flight(stage, gateway, 0)


def a_half_request_whose_client_leaves_reaches_nobody(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    for data in ("G", "GET /run/f HTTP/1.1\r\nHost: h\r\n", "\r\n"):
        client = gateway.connect()
        client.send(data)
        client.close()
    client = gateway.connect()
    client.get()
    worker.call().answer()
    client.expect(200)
    worker.saw(1)


def a_worker_that_dies_amid_its_answer_cuts_the_client(stage):
    _, client, call = _asked(stage)
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    call.reset()
    client.expect_cut()


def a_worker_that_dies_amid_its_chunks_cuts_the_client(stage):
    _, client, call = _asked(stage)
    call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    call.reset()
    client.expect_cut()


def a_worker_that_dies_is_counted_as_failed(stage):
    gateway, client, call = _asked(stage, "POST /run/f HTTP/1.1\r\nHost: h\r\n\r\n")
    call.reset()
    client.expect(502)
    stage.until(lambda: gateway.workers()["worker1"]["failed"] == 1, "one failure is counted")


def many_clients_that_leave_leave_nothing_behind(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, processes=2)
    for _ in range(50):
        client = gateway.connect()
        client.get()
        worker.call()
        client.close()
    _in_flight(stage, gateway, 0)
    client = gateway.connect()
    client.get()
    worker.call().answer()
    same(client.expect(200).status, 200, "status")
