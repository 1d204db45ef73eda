"""Overload: more than fits waits or is refused, and whoever steers is still heard."""

import socket
from pathlib import Path

import own_network
from gateway import dial
from policies import FIRST
from stage import deadline
from wire import Wire, holds, same
from worker import by_hand, hello, raw

KIB = 1024

# "w2" in the path goes to the worker w2.
BY_NAME = """
return { pick = function(request, workers)
    for _, worker in ipairs(workers) do
        if request.path:find(worker.name, 1, true) then return worker end
    end
    return workers[1]
end }
"""


def _with_few_files(stage, gateway, files):
    gateway.prefix = [stage.need("prlimit"), f"--nofile={files}:{files}"]
    gateway.start()
    return gateway


def the_limit_of_files_is_raised_to_what_is_allowed(stage):
    gateway = stage.gateway([stage.worker(hello)])
    gateway.prefix = [stage.need("prlimit"), "--nofile=50:500"]
    gateway.start()
    limits = Path(f"/proc/{gateway.pids('proxy')[0]}/limits").read_text()
    line = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    same(line.split()[3:5], ["500", "500"], "open files of a proxy")


def more_connections_than_files_allow_is_said_at_the_start(stage):
    gateway = _with_few_files(stage, stage.gateway([stage.worker(hello)]), 100)
    gateway.expect_message("limits.connections is 10000, but with 100 open files .* fit")


def what_the_files_allow_is_not_complained_about(stage):
    gateway = _with_few_files(
        stage, stage.gateway([stage.worker(hello)], limits={"connections": 10}), 100)
    holds("limits.connections" not in gateway.messages(), "nothing is said of connections")


def each_client_can_have_a_worker_connection(stage):
    workers = [stage.worker(name=f"w{n}") for n in range(4)]
    gateway = _with_few_files(stage, stage.gateway(
        workers, policy="./by_name.lua", files={"by_name.lua": BY_NAME}), 64)
    clients = [gateway.connect() for _ in range(14)]
    for worker in workers:
        for client in clients:
            client.get(f"/run/{worker.name}")
        for call in [worker.call() for _ in clients]:
            call.answer()
        for client in clients:
            client.expect(200)
    pid = gateway.pids("proxy")[0]
    holds(gateway.open_files(pid) > 14 + 14 + 14, "idle connections take what is left")


def clients_beyond_what_fits_are_served_in_turn(stage):
    gateway = _with_few_files(stage, stage.gateway([stage.worker(hello)]), 64)
    clients = [gateway.connect() for _ in range(60)]
    for client in clients:
        client.get("/run/f", "Connection: close")
    for client in clients:
        client.expect(200)


def who_steers_is_heard_while_the_gateway_is_full(stage):
    worker, other = stage.worker(by_hand, name="one"), stage.worker(hello, name="other")
    gateway = stage.picket(
        {"url": worker.url, "name": "one", "capacity": 1}, policy="./first.lua",
        files={"first.lua": FIRST}, limits={"connections": 4}, queue={"size": 1},
        health={"kind": "http", "path": "/health", "interval": 0.05})
    clients = [gateway.connect() for _ in range(8)]
    for client in clients:
        client.get()
    call = worker.call()
    stage.until(lambda: gateway.queued() == 1, "the queue is full")
    checks = len(worker.probes)
    stage.until(lambda: len(worker.probes) > checks, "workers are checked")
    gateway.admin.metrics()
    gateway.reload()
    gateway.admin.expect(200, "POST /workers/add", {"url": other.url, "name": "other"})
    call.answer()
    clients[0].expect(200)
    for client in clients:
        client.close()


def who_keeps_the_admin_address_full_makes_no_noise(stage):
    gateway = _with_few_files(stage, stage.gateway(
        [stage.worker(hello)], health={"kind": "tcp", "interval": 0.05, "fall": 1}), 64)
    idlers = [dial(gateway.config["admin"], stage.patience) for _ in range(100)]
    gateway.expect_message("(?s)the admin address accepts nobody.*the admin address accepts nobody")
    holds(len(gateway.messages().splitlines()) < 50, "a few lines say so")
    gateway.fetch()
    for idler in idlers:
        idler.close()
    same(gateway.states(), ["up"], "the worker, whom nobody could check meanwhile")


@raw
def _talk_and_never_listen(wire):
    wire.read_head()
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        wire.send(b"x" * 65536)


def _stuff(client):
    """Send until nothing more is taken: how much that was."""
    sent = 0
    try:
        while True:
            sent += client.sock.send(b"x" * 65536)
    except BlockingIOError:
        return sent


@deadline(90)
def the_memory_of_a_connection_is_bounded(stage):
    stage.need_plain_build()
    gateway = stage.picket(stage.worker(_talk_and_never_listen))
    pid, clients = gateway.pids("proxy")[0], [gateway.connect() for _ in range(10)]
    before = gateway.peak_memory(pid)
    for client in clients:
        client.send("POST /run/f HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n")
        client.sock.setblocking(False)
    stage.until(lambda: gateway.inflight()["worker1"] == 10, "all are in flight")
    stage.until(lambda: sum(_stuff(client) for client in clients) == 0, "all are stuck", 60)
    grown = (gateway.peak_memory(pid) - before) // KIB // 10
    holds(grown <= 448, f"{grown} KiB for each connection are what the manual allows")
    for client in clients:
        client.close()


def _on_unix_sockets(stage, worker, **config):
    """A gateway whose clients need no ports, and who asks it does not either."""
    return stage.picket(worker, listen=f"unix:{stage.folder}/listen",
                        admin=f"unix:{stage.folder}/admin", **config)


def requests_wait_when_no_port_is_left(stage):
    """A connection to a worker needs a port of this machine: here there are eight."""
    own_network.enter(stage, 8)
    worker = stage.worker(port=stage.port())
    gateway = _on_unix_sockets(stage, worker)
    clients = [gateway.connect() for _ in range(30)]
    for client in clients:
        client.get()
    first = [worker.call() for _ in range(8)]
    stage.until(lambda: gateway.queued() == 22, "the others wait")
    for call in first:
        call.answer()
    for _ in range(22):
        worker.call().answer()
    for client in clients:
        client.expect(200)
    row = gateway.workers()["worker1"]
    same((row["state"], row["served"], row["failed"]), ("up", 30, 0), "how the worker did")
    gateway.expect_message("no socket is left for a worker connection: Cannot assign")


def others_are_served_when_no_port_is_left_for_one_worker(stage):
    own_network.enter(stage, 8)
    full = stage.worker(name="w1", port=stage.port())
    free = stage.worker(hello, name="w2", port=stage.port())
    gateway = stage.gateway([full, free], listen=f"unix:{stage.folder}/listen",
                            admin=f"unix:{stage.folder}/admin", policy="./by_name.lua",
                            files={"by_name.lua": BY_NAME})
    gateway.start()
    clients = [gateway.connect() for _ in range(12)]
    for client in clients:
        client.get("/run/w1")
    calls = [full.call() for _ in range(8)]
    for _ in range(20):
        gateway.fetch("/run/w2")
    idle = free.open_connections()
    holds(idle > 0, f"idle connections to the other are kept: {idle}")
    for call in calls:
        call.answer()
    for _ in range(4):
        full.call().answer()
    for client in clients:
        client.expect(200)


def a_worker_with_a_full_backlog_is_waited_for(stage):
    """Of a Unix socket, which says so at once; over TCP the kernel tries again by itself."""
    path = f"{stage.folder}/worker"
    listener = socket.socket(socket.AF_UNIX)
    stage.closing(listener.close)
    listener.bind(path)
    listener.listen(2)
    gateway = stage.picket({"url": f"unix:{path}", "name": "slow"})
    clients = [gateway.connect() for _ in range(20)]
    for client in clients:
        client.get("/run/f", "Connection: close")
    stage.until(lambda: gateway.queued() > 0, "those for whom there is no room wait")
    listener.settimeout(stage.patience)
    for _ in clients:
        connection, _ = listener.accept()
        wire = Wire(connection, "worker", stage.transcript, stage.patience)
        wire.read_head()
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        wire.close()
    for client in clients:
        client.expect(200)
    row = gateway.workers()["slow"]
    same((row["state"], row["served"], row["failed"]), ("up", 20, 0), "how the worker did")
