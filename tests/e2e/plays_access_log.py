"""The access log: one line a request, with what happened to it."""

import json
import os
import signal

from policies import FIRST
from wire import holds, same
from worker import echo, hang_up_on_head, hello


def _logging(stage, *workers, kind="json", **config):
    """A gateway that writes its access log to a file, and that file."""
    file = stage.folder / "access.log"
    gateway = stage.picket(*workers, log={"access": kind, "access_file": str(file)}, **config)
    return gateway, file


def _lines(stage, file, count):
    """The lines of the file once there are so many."""
    return stage.until(lambda: (lines := _read(file)) and len(lines) >= count and lines,
                       lambda: f"{count} lines in {file.name}: {_read(file)}")


def _read(file):
    return file.read_text().splitlines() if file.exists() else []


def a_json_line_tells_of_its_request(stage):
    gateway, file = _logging(stage, stage.worker(hang_up_on_head), stage.worker(echo),
                             policy="./first.lua", files={"first.lua": FIRST})
    client = gateway.connect()
    client.request("PUT", "/run/resize/a?b", ["X-Request-Id: mine-42"], b"abc")
    client.expect(200)
    entry = json.loads(_lines(stage, file, 1)[0])
    expected = {"function": "resize", "worker": "worker2", "attempts": 2, "status": 200,
                "method": "PUT", "bytes_in": 3, "bytes_out": 3, "request_id": "mine-42",
                "client": "127.0.0.1", "generation": gateway.generations()[0]}
    same({key: entry.get(key) for key in expected}, expected, "fields of the line")
    holds("/run/resize/a" in entry["path"], f"the path is there: {entry}")
    for key in ("queue_us", "pick_us", "total_us", "time"):
        with stage.row(key):
            holds(key in entry, f"{key} is one of {list(entry)}")


def what_is_no_request_has_a_line_as_well(stage):
    gateway, file = _logging(stage, stage.worker(hello), timeouts={"head": 0.2})
    bad, slow = gateway.connect(), gateway.connect()
    slow.send("GET /run/f HT")
    bad.send("GET /run/f HTTP/1.1\r\n\r\n")
    answers = {json.loads(each.expect_refusal(status).body)["request_id"]: status
               for each, status in ((bad, 400), (slow, 408))}
    entries = [json.loads(line) for line in _lines(stage, file, 2)]
    same({entry["request_id"]: entry["status"] for entry in entries}, answers, "ids and statuses")
    for entry in entries:
        holds(entry["error"] and entry["bytes_out"] > 0 and entry["attempts"] == 0,
              f"it says why: {entry}")
    holds(entries[-1]["total_us"] >= 200000, f"it took its time: {entries[-1]}")


def a_text_line_tells_of_its_request(stage):
    gateway, file = _logging(stage, stage.worker(hello), kind="text")
    gateway.fetch("/run/resize", "X-Request-Id: mine-42")
    line = _lines(stage, file, 1)[0]
    for word in ("resize", "worker1", "200", "mine-42", "GET", "127.0.0.1"):
        with stage.row(word):
            holds(word in line, f"{word} is in {line!r}")


def every_request_has_one_line(stage):
    gateway, file = _logging(stage, stage.worker(hello), processes=2)
    for number in range(40):
        gateway.fetch(f"/run/f/{number}")
    lines = [json.loads(line) for line in _lines(stage, file, 40)]
    same(len({line["request_id"] for line in lines}), 40, "different requests")


def a_line_tells_how_long_its_request_waited(stage):
    worker = stage.worker()
    gateway, file = _logging(stage, {"url": worker.url, "name": "one", "capacity": 1})
    first, second = gateway.connect(), gateway.connect()
    first.get("/run/first")
    call = worker.call()
    second.get("/run/second")
    stage.until(lambda: gateway.queued() == 1, "one waits")
    call.answer()
    worker.call().answer()
    for client in (first, second):
        client.expect(200)
    lines = [json.loads(line) for line in _lines(stage, file, 2)]
    waited = {line["function"]: line["queue_us"] for line in lines}
    same(waited["first"], 0, "wait of the first")
    holds(0 < waited["second"] <= lines[1]["total_us"], f"wait of the second: {lines[1]}")


def errors_have_lines_too(stage):
    worker = stage.worker()
    gateway, file = _logging(stage, worker)
    gateway.fetch("/nowhere", status=404)
    client = gateway.connect()
    client.post()
    worker.call().hang_up()
    client.expect(502)
    leaving = gateway.connect()
    leaving.get()
    worker.call()
    leaving.close()
    entries = [json.loads(line) for line in _lines(stage, file, 3)]
    same([entry["status"] for entry in entries][:2], [404, 502], "statuses of the answers")
    holds(entries[2]["status"] in (0, 499), f"the one who left: {entries[2]}")


def what_clients_send_cannot_break_a_line(stage):
    for kind in ("json", "text"):
        gateway, file = _logging(stage, stage.worker(hello), kind=kind)
        gateway.fetch('/run/"\\x?"y', 'X-Request-Id: a"b\\c')
        gateway.fetch("/run/f")
        lines = _lines(stage, file, 2)
        same(len(lines), 2, f"lines of {kind}")
        gateway.stop()
        file.unlink()


def json_stays_json_whatever_clients_send(stage):
    gateway, file = _logging(stage, stage.worker(hello))
    gateway.fetch('/run/"\\x?"y', 'X-Request-Id: a"b\\c\xe4')
    same(json.loads(_lines(stage, file, 1)[0])["function"], '"\\x', "function")


def the_log_is_reopened_on_sigusr1(stage):
    gateway, file = _logging(stage, stage.worker(hello), processes=2)
    gateway.fetch("/run/before")
    _lines(stage, file, 1)
    moved = file.rename(file.with_suffix(".old"))
    gateway.signal(signal.SIGUSR1)
    stage.until(file.exists, "the file is made again")
    stage.until(lambda: gateway.fetch("/run/after") and _read(file), "lines go to the new file")
    old = [json.loads(line)["function"] for line in _read(moved)]
    same(old[0], "before", "what the old file begins with")


def nothing_is_lost_at_the_end(stage):
    gateway, file = _logging(stage, stage.worker(hello))
    for _ in range(10):
        gateway.fetch()
    gateway.stop()
    same(len(_read(file)), 10, "lines")


def the_log_may_be_switched_on_by_a_reload(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.fetch()
    file = stage.folder / "access.log"
    gateway.write_config(log={"access": "json", "access_file": str(file)})
    gateway.hup()
    gateway.fetch()
    same(len(_lines(stage, file, 1)), 1, "lines")


def messages_may_go_to_a_file(stage):
    file = stage.folder / "messages.log"
    gateway = stage.picket(stage.worker(hello), log={"file": str(file), "level": "debug"})
    gateway.fetch()
    gateway.stop()
    holds("stopped" in file.read_text(), f"the end is told there: {file.read_text()[-300:]!r}")


def a_pipe_that_nobody_reads_holds_up_nobody(stage):
    pipes = {name: str(stage.folder / name) for name in ("file", "access_file")}
    for pipe in pipes.values():
        os.mkfifo(pipe)
    gateway = stage.picket(stage.worker(hello), log={**pipes, "access": "json"})
    gateway.fetch()
    gateway.signal(signal.SIGUSR1)
    gateway.reload()
    gateway.fetch()
    reader = os.open(pipes["file"], os.O_RDONLY)
    stage.closing(lambda: os.close(reader))
    said = b""
    while b"generation 2" not in said:
        said += os.read(reader, 65536)


def without_a_file_the_lines_go_to_standard_output(stage):
    gateway = stage.picket(stage.worker(hello), log={"access": "json"})
    gateway.fetch("/run/told")
    stage.until(lambda: '"/run/told"' in gateway.messages(), "the line is there")
