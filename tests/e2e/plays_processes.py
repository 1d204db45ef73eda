"""The processes: which is which, how they end, and what becomes of those that die."""

import os
import shutil
import signal
from pathlib import Path

from spin import CannotSpin, make_spin
from stage import Skipped, deadline
from wire import holds, same
from worker import hello


def ps_shows_which_is_which(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    text = stage.run("ps", "-o", "args=", "-g", str(gateway.pid()))
    for word in ("supervisor", "control", "proxy"):
        with stage.row(word):
            holds(word in text, f"{word} is in {text!r}")


def sigterm_lets_requests_finish(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    idle, busy = gateway.connect(), gateway.connect()
    idle.get()
    worker.call().answer()
    idle.expect(200)
    busy.get()
    call = worker.call()
    gateway.term()
    idle.expect_closed()
    call.answer(200, "finished")
    response = busy.expect(200)
    same(response.body, b"finished", "body")
    busy.expect_closed()
    gateway.expect_exit()


def sigterm_closes_the_door(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    busy = gateway.connect()
    busy.get()
    call = worker.call()
    gateway.term()
    stage.until(lambda: gateway.refuses_connections(), "new connections are refused")
    call.answer()
    busy.expect(200)
    gateway.expect_exit()


def sigterm_leaves_no_request_under_way_unanswered(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1")
    response = client.read_response_head()
    same(response.head.get("Connection"), None, "the client is told that it may stay")
    client.get("/run/next")
    gateway.term()
    stage.until(lambda: gateway.refuses_connections(), "new connections are refused")
    call.finish("2")
    client.read_body(response)
    same(response.body, b"12", "body")
    worker.call().answer(200, "next")
    response = client.expect(200)
    same(response.body, b"next", "body")
    same(response.head.get("Connection"), "close", "no request may follow")
    client.expect_closed()
    gateway.expect_exit()


def a_drain_has_an_end(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, timeouts={"drain": 0.3})
    client = gateway.connect()
    client.get()
    call = worker.call()
    gateway.term()
    gateway.expect_exit()
    call.expect_gone()


def a_second_sigterm_stops_at_once(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    gateway.term()
    gateway.expect_message("stopping")
    gateway.term()
    gateway.expect_exit()
    call.expect_gone()


def a_proxy_without_descriptors_waits_for_some(stage):
    worker = stage.worker(hello)
    gateway = stage.gateway([worker])
    gateway.prefix = [stage.need("prlimit"), "--nofile=40:40"]
    gateway.start()
    clients = [gateway.connect() for _ in range(60)]
    stage.until(lambda: gateway.status()["counters"]["connections_open"] > 0, "some are served")
    for client in clients:
        client.close()
    for _ in range(3):
        gateway.fetch()


def sigint_stops_as_well(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.signal(signal.SIGINT)
    gateway.expect_exit()


def a_killed_proxy_comes_back(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    gateway.may_lose_processes = True
    gateway.fetch()
    before = gateway.pids("proxy")
    os.kill(before[0], signal.SIGKILL)
    stage.until(lambda: gateway.pids("proxy") not in ([0], before), "there is another proxy")
    stage.until(lambda: 0 not in gateway.generations(), "it is ready")
    gateway.fetch()
    gateway.expect_message("proxy.*killed by signal 9")
    restarts = [p["restarts"] for p in gateway.status()["processes"] if p["kind"] == "proxy"]
    same(restarts, [1], "restarts in the status")


def a_killed_proxy_gives_its_places_back(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "one", "capacity": 1})
    gateway.may_lose_processes = True
    client = gateway.connect()
    client.get()
    call = worker.call()
    same(gateway.inflight(), {"one": 1}, "in flight before")
    os.kill(gateway.pids("proxy")[0], signal.SIGKILL)
    call.expect_gone()
    client.expect_closed()
    stage.until(lambda: gateway.inflight() == {"one": 0}, "the place is given back")
    again = gateway.connect()
    again.get()
    worker.call().answer()
    again.expect(200)


def a_killed_proxy_does_not_disturb_the_other(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, processes=2)
    gateway.may_lose_processes = True
    clients = [gateway.connect() for _ in range(16)]
    for client in clients:
        client.get()
    calls = [worker.call() for _ in clients]
    os.kill(gateway.pids("proxy")[0], signal.SIGKILL)
    left = stage.until(lambda: (n := gateway.inflight()["worker1"]) < 16 and n,
                       "the places of one proxy are given back")
    for call in calls:
        call.answer_though_gone()
    same(sum(client.is_answered() for client in clients), left, "clients that were answered")


def a_killed_control_comes_back(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    gateway.may_lose_processes = True
    client = gateway.connect()
    client.get()
    call = worker.call()
    before = gateway.pids("control")
    os.kill(before[0], signal.SIGKILL)
    stage.until(lambda: gateway.answers_status() and gateway.pids("control") != before,
                "there is another control process")
    same(gateway.inflight(), {"worker1": 1}, "in flight after")
    call.answer()
    client.expect(200)
    gateway.reload()


def workers_added_at_run_time_outlive_control(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.may_lose_processes = True
    more = stage.worker(hello, name="more")
    gateway.admin.expect(200, "POST /workers/add", {"url": more.url, "name": "more"})
    before = gateway.pids("control")
    os.kill(before[0], signal.SIGKILL)
    stage.until(lambda: gateway.answers_status() and gateway.pids("control") != before,
                "there is another control process")
    same(set(gateway.workers()), {"worker1", "more"}, "workers after")


@deadline(90)
def a_proxy_that_stands_still_is_replaced(stage):
    gateway = stage.picket(stage.worker(hello), processes=1)
    gateway.may_lose_processes = True
    before = gateway.pids("proxy")
    os.kill(before[0], signal.SIGSTOP)
    stage.until(lambda: gateway.pids("proxy") not in ([0], before), "there is another", 60)
    gateway.fetch()


@deadline(120)
def a_proxy_that_spins_is_replaced(stage):
    gateway = stage.picket(stage.worker(hello), sandbox=False)
    gateway.may_lose_processes = True
    gateway.fetch()  # it has loaded its policy, where spinning is another matter
    before = gateway.pids("proxy")
    try:
        make_spin(before[0])
    except CannotSpin as reason:
        raise Skipped(str(reason)) from None
    stage.until(lambda: gateway.pids("proxy") not in ([0], before), "there is another", 100)
    gateway.expect_message("stands still .state R.")
    gateway.fetch()


def without_their_supervisor_the_others_serve_on_until_sigterm(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    gateway.may_lose_processes = True
    others = gateway.pids("proxy") + gateway.pids("control")
    gateway.signal(signal.SIGKILL)
    stage.until(lambda: gateway.messages().count("supervisor is gone") == len(others),
                "all have noticed")
    gateway.fetch()
    same(gateway.pids("supervisor"), [], "its row in the status")
    for pid in others:
        os.kill(pid, signal.SIGTERM)
    gateway.expect_exit(-signal.SIGKILL)


def without_their_supervisor_the_others_can_be_stopped(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    gateway.may_lose_processes = True
    gateway.signal(signal.SIGKILL)
    stage.until(lambda: gateway.messages().count("supervisor is gone") == 3, "all have noticed")
    gateway.cli("stop")
    gateway.expect_exit(-signal.SIGKILL)


def without_their_supervisor_one_that_stood_still_is_stopped_as_well(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    gateway.may_lose_processes = True
    still, other = gateway.pids("proxy")
    os.kill(still, signal.SIGSTOP)
    gateway.signal(signal.SIGKILL)
    stage.until(lambda: gateway.messages().count("supervisor is gone") == 2, "others have noticed")
    gateway.admin.expect(200, "POST /stop")
    stage.until(lambda: not Path(f"/proc/{other}/fd/0").exists(), "the other has ended")
    os.kill(still, signal.SIGCONT)
    gateway.expect_exit(-signal.SIGKILL)


def a_reload_survives_the_death_of_a_proxy(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    gateway.may_lose_processes = True
    before = gateway.pids("proxy")
    gateway.reload()
    os.kill(before[0], signal.SIGKILL)
    stage.until(lambda: 0 not in gateway.pids("proxy") and gateway.pids("proxy") != before,
                "there is another proxy")
    stage.until(lambda: len(set(gateway.generations())) == 1, "both run the new generation")
    for _ in range(10):
        gateway.fetch()


def picket_runs_as_another_user(stage):
    stage.need_root()
    (stage.folder).chmod(0o755)
    gateway = stage.picket(stage.worker(hello), user="nobody")
    gateway.fetch()
    for kind in ("control", "proxy"):
        with stage.row(kind):
            holds(os.stat(f"/proc/{gateway.pids(kind)[0]}").st_uid != 0, f"{kind} is not root")


def only_root_becomes_another_user(stage):
    gateway = stage.gateway()
    gateway.file.write_text('return {\n user = "root" }')
    # As somebody who can reach the program and the file wherever they are.
    as_nobody = (stage.need("setpriv"), "--reuid=nobody", "--inh-caps=+dac_read_search",
                 "--ambient-caps=+dac_read_search") if os.geteuid() == 0 else ()
    said = stage.run(*as_nobody, stage.program, "run", "-c", str(gateway.file), status=1)
    holds(f"{gateway.file}:2: user: only root can become root; start picket as root, or leave "
          "user out" in said, f"it says: {said!r}")


def _rooms(stage, name, mode=0o755):
    """A folder of root's in which a gateway that runs as nobody is to log."""
    stage.need_root()
    stage.folder.chmod(0o755)
    folder = stage.folder / name
    folder.mkdir()
    folder.chmod(mode)
    return folder


def _nobody_s(stage, **config):
    return stage.gateway([stage.worker(hello)], user="nobody", **config)


def _logging_to(folder):
    return {"access": "json", "access_file": f"{folder}/access.log", "file": f"{folder}/picket.log"}


def _expect_line(stage, gateway, file, target):
    gateway.fetch(target)
    stage.until(lambda: file.exists() and target in file.read_text(), f"{target} is in {file}")


def _expect_line_soon(stage, gateway, file, target):
    """A proxy may write to the old file for a moment after the new one is there."""
    def is_there():
        gateway.fetch(target)
        return target in file.read_text()

    stage.until(is_there, f"{target} is in {file}")


def logs_are_written_where_only_root_may_make_files(stage):
    folder = _rooms(stage, "logs")
    access = folder / "access.log"
    gateway = _nobody_s(stage, log=_logging_to(folder))
    gateway.start()
    _expect_line(stage, gateway, access, "/run/first")
    for name in ("access.log", "picket.log"):
        same((folder / name).owner(), "nobody", f"owner of {name}")
        (folder / name).rename(folder / f"{name}.1")
    gateway.signal(signal.SIGUSR1)
    stage.until(access.exists, "there is a new one")
    _expect_line_soon(stage, gateway, access, "/run/second")
    stage.until(lambda: (folder / "picket.log").exists(), "the other is new as well")


def a_reload_may_name_other_logs(stage):
    before, after = _rooms(stage, "before"), _rooms(stage, "after")
    gateway = _nobody_s(stage, log=_logging_to(before))
    gateway.start()
    gateway.write_config(log=_logging_to(after))
    gateway.reload()
    _expect_line(stage, gateway, after / "access.log", "/run/f")


def logs_that_the_user_cannot_write_are_refused(stage):
    closed, taken = _rooms(stage, "closed", 0o700), _rooms(stage, "taken")
    (taken / "access.log").write_text("root's\n")
    (taken / "access.log").chmod(0o600)
    elsewhere, linked = _rooms(stage, "elsewhere"), _rooms(stage, "linked")
    shutil.chown(linked, "nobody")
    (linked / "access.log").symlink_to(elsewhere / "access.log")
    for folder in (closed, taken, linked):
        with stage.row(folder.name):
            log = {"access": "json", "access_file": f"{folder}/access.log"}
            gateway = _nobody_s(stage, log=log)
            text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
            holds(f"user nobody cannot write {folder}/access.log" in text, f"it says: {text!r}")
            running = _nobody_s(stage)
            running.start()
            running.write_config(log=log)
            holds(f"{folder}/access.log" in running.reload_refused(), "a reload says so, too")
    same((taken / "access.log").owner(), "root", "whose file it is")
    same(list(closed.iterdir()) + list(elsewhere.iterdir()), [], "what was left behind")


def a_log_that_cannot_be_written_is_refused(stage):
    log = {"access": "json", "access_file": f"{stage.folder}/nowhere/access.log"}
    gateway = stage.gateway([stage.worker(hello)], log=log)
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds("log.access_file" in text and "No such file" in text, f"it says: {text!r}")


def only_the_system_calls_that_are_needed_are_left(stage):
    stage.need_plain_build()
    gateway = stage.picket(stage.worker(hello), processes=2)
    gateway.fetch()
    for kind in ("control", "proxy"):
        with stage.row(kind):
            status = Path(f"/proc/{gateway.pids(kind)[0]}/status").read_text()
            holds("NoNewPrivs:\t1" in status, "no new privileges")
            holds("Seccomp:\t2" in status, "a filter of system calls")


def the_filter_can_be_left_out(stage):
    gateway = stage.picket(stage.worker(hello), sandbox=False)
    gateway.fetch()
    status = Path(f"/proc/{gateway.pids('proxy')[0]}/status").read_text()
    holds("NoNewPrivs:\t1" in status, "no new privileges")
    holds("Seccomp:\t0" in status, "no filter")
