"""Handing over: a gateway that replaces another, and one that systemd looks after."""

import os
import re
import signal
import socket
import sys
import threading
import time

from stage import deadline
from wire import holds, same
from worker import echo, hello


def _ask_until(stage, gateway, over):
    """Connections of one request each, every one answered: how many."""
    count = 0
    while not over.is_set():
        gateway.fetch()
        count += 1
    return count


def _upgrade_under_load(stage, gateway, *changes):
    over = threading.Event()
    clients = [stage.beside(lambda: _ask_until(stage, gateway, over)) for _ in range(4)]
    for change in changes:
        gateway.write_config(**change)
        gateway.upgrade().wait(stage.patience)
    over.set()
    holds(all(client.result() > 0 for client in clients), "every client was answered")


@deadline(60)
def an_upgrade_refuses_nobody(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    _upgrade_under_load(stage, gateway, {}, {}, {})


@deadline(60)
def the_number_of_proxies_may_change_in_an_upgrade(stage):
    gateway = stage.picket(stage.worker(hello), processes=3)
    _upgrade_under_load(stage, gateway, {"processes": 1}, {"processes": 2}, {"processes": 1})
    same(len(gateway.pids("proxy")), 1, "proxies")


@deadline(60)
def a_listening_address_may_be_added_in_an_upgrade(stage):
    gateway = stage.picket(stage.worker(hello))
    first, second = gateway.config["listen"], f"127.0.0.1:{stage.port()}"
    _upgrade_under_load(stage, gateway, {"listen": [first, second]})
    for address in (first, second):
        client = gateway.connect(address)
        client.get()
        client.expect(200)


@deadline(60)
def unix_sockets_are_handed_over_as_well(stage):
    listen = f"unix:{stage.folder}/listen"
    gateway = stage.picket(stage.worker(hello), listen=listen, processes=2,
                           admin=f"unix:{stage.folder}/admin")
    _upgrade_under_load(stage, gateway, {}, {"processes": 1})
    gateway.fetch()
    gateway.stop()
    holds(not os.path.exists(f"{stage.folder}/listen"), "its file goes in the end")


def what_commands_made_of_the_workers_stays(stage):
    one, two, added = (stage.worker(hello, name=name) for name in ("one", "two", "added"))
    gateway = stage.picket(one, two)
    gateway.cli("workers", "add", added.url, "--name", "added", "--weight", "2.5",
                "--capacity", "7")
    gateway.cli("workers", "drain", "one")
    gateway.cli("workers", "weight", "two", "4")
    for _ in range(2):
        gateway.upgrade().wait(stage.patience)
        rows = gateway.workers()
        same(set(rows), {"one", "two", "added"}, "workers")
        same(rows["one"]["state"], "draining", "state of the one that drains")
        same((rows["added"]["weight"], rows["added"]["capacity"]), (2.5, 7), "what was added")
        same(rows["two"]["weight"], 4, "weight by command")
    gateway.reload()
    holds("added" in gateway.workers(), "a reload leaves it")
    gateway.write_config(workers=[{"url": one.url, "name": "one"},
                                  {"url": two.url, "name": "two", "weight": 3}])
    gateway.cli("workers", "weight", "two", "4")
    gateway.upgrade().wait(stage.patience)
    same(gateway.workers()["two"]["weight"], 3, "a weight that the configuration has changed")


def a_worker_that_was_added_and_has_no_place_any_more_is_told(stage):
    added, listed = stage.worker(hello), stage.worker(hello)
    for left_out, workers, limits in (
            ("its name is another worker's", [{"url": listed.url, "name": "x"}], {}),
            ("limits.workers leaves no room", [{"url": listed.url, "name": "y"}],
             {"workers": 1})):
        with stage.row(left_out):
            gateway = stage.picket()
            gateway.cli("workers", "add", added.url, "--name", "x")
            gateway.write_config(workers=workers, limits=limits)
            gateway.upgrade().wait(stage.patience)
            gateway.expect_message(rf'worker "x" with the url {added.url}, .*: {left_out}')
            same([row["url"] for row in gateway.status()["workers"]], [listed.url], "workers")


def orders_that_the_new_gateway_would_not_know_are_refused(stage):
    gateway = stage.picket(stage.worker(hello))
    gate = gateway.folder / "gate"
    os.mkfifo(gate)
    text = gateway.file.read_text()
    gateway.file.write_text(f'io.open("{gate}"):read()\n{text}')
    gateway.signal(signal.SIGUSR2)
    gateway.expect_message("upgrade: started")
    holds("under way" in str(gateway.admin.expect(409, "POST /workers/drain", {"name": "worker1"})),
          "it says why")
    gateway.status()
    gate.write_text("go on\n")
    gateway.expect_message("has taken over")
    gateway.follow().wait(stage.patience)
    stage.until(lambda: gateway.admin.ask("POST /workers/drain", {"name": "worker1"})[0] == 200,
                "the new one takes orders")
    same(gateway.states(), ["draining"], "state")
    gateway.file.write_text("return {")
    gateway.signal(signal.SIGUSR2)
    gateway.expect_message("did not start; this one goes on")
    gateway.admin.expect(200, "POST /workers/undrain", {"name": "worker1"})


def what_the_old_gateway_has_it_finishes(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    held, idle = gateway.connect(), gateway.connect()
    held.get()
    call = worker.call()
    old = gateway.upgrade()
    idle.expect_closed()
    new = gateway.connect()
    new.get()
    worker.call().answer(200, "from the new one")
    same(new.expect(200).body, b"from the new one", "body")
    same(old.poll(), None, "the old one waits for its request")
    call.answer(200, "from the old one")
    same(held.expect(200).body, b"from the old one", "body")
    same(old.wait(stage.patience), 0, "exit code of the old one")


def the_old_gateway_finishes_when_it_is_told_to_stop_as_well(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    held = gateway.connect()
    held.get()
    call = worker.call()
    old = gateway.upgrade()
    old.send_signal(signal.SIGTERM)
    gateway.expect_message("supervisor info: stopping already")
    call.answer(200, "from the old one")
    same(held.expect(200).body, b"from the old one", "body")
    same(old.wait(stage.patience), 0, "exit code of the old one")


def a_gateway_that_does_not_start_replaces_nobody(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.write("scheduler.lua", "return {")
    gateway.signal(signal.SIGUSR2)
    gateway.expect_message("did not start; this one goes on")
    gateway.fetch()
    said = gateway.cli("upgrade", "--admin", gateway.config["admin"], status=1)
    holds(re.search(r"did not start.*\npicket: .*scheduler\.lua:1: ", said),
          f"the command says why: {said!r}")
    gateway.write_config()
    gateway.upgrade().wait(stage.patience)
    gateway.fetch()


def an_address_that_the_old_gateway_is_in_the_way_of_is_told(stage):
    gateway = stage.picket(stage.worker(hello))
    before = dict(gateway.config)
    for option in ("listen", "admin"):
        with stage.row(option):
            wider = before[option].replace("127.0.0.1", "0.0.0.0")
            gateway.config = {**before, option: wider}
            if option == "admin":
                gateway.config["admin"] = {"listen": wider, "token": "0123456789abcdef"}
            gateway.write_config()
            said = gateway.cli("upgrade", "--admin", before["admin"], status=1)
            holds(f"cannot listen on {wider} ({option}): Address already in use; the gateway that "
                  "this one would replace has that port" in said, f"it says: {said!r}")
    gateway.config = before
    gateway.fetch()


def the_new_gateway_is_upgraded_and_stopped_like_the_old(stage):
    gateway = stage.picket(stage.worker(hello))
    for _ in range(2):
        gateway.upgrade().wait(stage.patience)
        gateway.reload()
    gateway.cli("stop")
    gateway.expect_exit()


def the_command_line_upgrades_as_well(stage):
    gateway = stage.picket(stage.worker(hello))
    holds("upgraded" in gateway.cli("upgrade"), "it says so")
    gateway.fetch()
    gateway.cli("stop")
    gateway.expect_exit()


def a_stop_ends_the_upgrade_that_is_under_way(stage):
    gateway = stage.picket(stage.worker(hello), listen=f"unix:{stage.folder}/listen")
    gateway.file.write_text("while true do end " + gateway.file.read_text())
    gateway.signal(signal.SIGUSR2)
    gateway.expect_message("upgrade: started")
    gateway.term()
    gateway.expect_exit()


def _manager(stage, gateway):
    """A service manager's socket, which the gateway is told of."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    stage.closing(manager.close)
    manager.bind(str(stage.folder / "notify"))
    manager.settimeout(stage.patience)
    gateway.prefix = ["env", f"NOTIFY_SOCKET={stage.folder}/notify"]
    return manager


def systemd_hears_of_start_and_stop(stage):
    gateway = stage.gateway([stage.worker(hello)])
    manager = _manager(stage, gateway)
    gateway.start()
    same(manager.recv(1000), f"READY=1\nMAINPID={gateway.pid()}".encode(), "when it serves")
    gateway.term()
    same(manager.recv(1000), b"STOPPING=1", "when it stops")
    gateway.expect_exit()


def _expect_reloading(manager):
    words = manager.recv(1000).decode().split("\n")
    same((len(words), words[0]), (2, "RELOADING=1"), "when it reloads")
    name, _, number = words[1].partition("=")
    same(name, "MONOTONIC_USEC", "what tells the time")
    return int(number)


def systemd_hears_of_reloads(stage):
    gateway = stage.gateway([stage.worker(hello)])
    manager = _manager(stage, gateway)
    gateway.start()
    manager.recv(1000)
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    gateway.signal(signal.SIGHUP)
    holds(_expect_reloading(manager) >= before, "it is the time of this reload")
    same(manager.recv(1000), b"READY=1\nSTATUS=Serving", "when all have reloaded")
    same(gateway.generations(), [2], "generations by then")
    gateway.write("scheduler.lua", "return {")
    gateway.reload_refused()
    _expect_reloading(manager)
    end = manager.recv(1000)
    holds(end.startswith(b"READY=1\nSTATUS=Reload refused: ") and b"scheduler.lua" in end,
          f"that it serves on, and why: {end}")


def systemd_hears_that_control_died_amid_a_reload(stage):
    gateway = stage.gateway([stage.worker(hello)])
    gateway.may_lose_processes = True
    manager = _manager(stage, gateway)
    gateway.start()
    manager.recv(1000)
    proxy, control = gateway.pids("proxy")[0], gateway.pids("control")[0]
    os.kill(proxy, signal.SIGSTOP)
    gateway.signal(signal.SIGHUP)
    _expect_reloading(manager)
    os.kill(control, signal.SIGKILL)
    same(manager.recv(1000), b"READY=1\nSTATUS=Reload refused: control has died", "the end")
    os.kill(proxy, signal.SIGCONT)


def systemd_hears_who_took_over(stage):
    gateway = stage.gateway([stage.worker(hello)])
    manager = _manager(stage, gateway)
    gateway.start()
    manager.recv(1000)
    gateway.upgrade().wait(stage.patience)
    words = {manager.recv(1000), manager.recv(1000)}
    holds(f"MAINPID={gateway.pid()}".encode() in words, f"the new one is named in {words}")


AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execvp(sys.argv[2], sys.argv[2:])
"""


def _activate(gateway, listener):
    """The gateway will be given this socket as systemd does it."""
    gateway.passes = (listener.fileno(),)
    gateway.prefix = [sys.executable, "-c", AS_SYSTEMD, str(listener.fileno())]


def systemd_may_open_the_socket(stage):
    """Who connects before the gateway runs is served when it does."""
    for processes in (1, 2):
        with stage.row(f"{processes} proxies"):
            listener = socket.socket()
            stage.closing(listener.close)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            gateway = stage.gateway([stage.worker(echo)], listen=address, processes=processes)
            early = gateway.connect()
            early.post("/run/f", b"early")
            _activate(gateway, listener)
            gateway.start()
            same(early.expect(200).body, b"early", "whose answer")
            gateway.fetch()


def a_socket_that_nobody_asked_for_is_told(stage):
    listener = socket.create_server(("127.0.0.1", 0))
    stage.closing(listener.close)
    gateway = stage.gateway([stage.worker(hello)])
    _activate(gateway, listener)
    gateway.start()
    gateway.expect_message("neither listen nor admin names")
    gateway.fetch()
