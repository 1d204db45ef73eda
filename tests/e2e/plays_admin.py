"""The admin address: what can be seen there, and what is refused."""

import json
import re

from gateway import dial, wait_for_port
from wire import Wire, holds, same
from worker import answers, hello


def the_status_tells_of_processes(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    processes = gateway.status()["processes"]
    same([p["kind"] for p in processes], ["supervisor", "control", "proxy", "proxy"], "kinds")
    same(processes[0]["pid"], gateway.pid(), "whom signals are for")
    holds(re.search(rf" supervisor +{gateway.pid()} ", gateway.cli("status")),
          "the command tells it")
    holds(all(p["pid"] > 1 for p in processes), "each has a pid")
    same(len({p["pid"] for p in processes}), len(processes), "different pids")
    holds(min(gateway.generations()) >= 1, "each proxy has a generation")


def the_status_tells_of_workers(stage):
    worker = stage.worker(hello)
    gateway = stage.picket({"url": worker.url, "name": "one", "weight": 2, "capacity": 8})
    for _ in range(3):
        gateway.fetch()
    row = gateway.workers()["one"]
    same({key: row[key] for key in ("name", "url", "state", "inflight", "capacity", "weight",
                                    "served", "failed")},
         {"name": "one", "url": worker.url, "state": "up", "inflight": 0, "capacity": 8,
          "weight": 2, "served": 3, "failed": 0}, "row of the worker")
    holds(row["latency_ms"] > 0, "it took some time")


def the_status_tells_of_the_policy_and_the_queue(stage):
    gateway = stage.picket(stage.worker(hello), policy="round_robin")
    status = gateway.status()
    same(status["policy"]["name"], "round_robin", "name")
    same(status["policy"]["generation"], gateway.generations()[0], "generation")
    same((status["policy"]["errors"], status["policy"]["fallbacks"]), (0, 0), "errors, fallbacks")
    same(status["queue"]["waiting"], 0, "requests that wait")


def a_worker_without_a_name_is_called_by_its_address(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker.url)
    same(list(gateway.workers()), [worker.url.removeprefix("http://")], "names")


def failures_are_counted(stage):
    gateway = stage.picket(stage.worker(answers(502)))
    gateway.fetch(status=502)
    stage.until(lambda: gateway.workers()["worker1"]["failed"] == 1, "the failure is counted")


def metrics_are_prometheus_s(stage):
    gateway = stage.picket(stage.worker(hello), processes=2)
    for _ in range(5):
        gateway.fetch()
    gateway.fetch("/nowhere", status=404)
    metrics = gateway.admin.metrics()
    holds(all(name.startswith("picket_") for name in metrics), f"prefix: {list(metrics)[:5]}")
    holds(len(metrics) > 20, "there is much to see")
    served = sum(v for k, v in metrics.items() if 'worker="worker1"' in k and "served" in k)
    same(served, 5, f"requests served by the worker in {sorted(metrics)}")


def metrics_only_grow(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.fetch()
    before = gateway.admin.metrics()
    gateway.fetch()
    after = gateway.admin.metrics()
    fewer = {k for k in before if "_total" in k and after.get(k, 0) < before[k]}
    same(fewer, set(), "counters that fell")
    holds(any(after[k] > before[k] for k in before if "_total" in k), "some have grown")


def a_worker_s_name_cannot_break_the_metrics(stage):
    worker = stage.worker(hello)
    gateway = stage.picket({"url": worker.url, "name": "unusual_name-1.x"})
    gateway.fetch()
    gateway.admin.metrics()
    gateway.status()


def the_admin_interface_is_not_on_the_traffic_port(stage):
    gateway = stage.picket(stage.worker(hello))
    for target in ("/status", "/metrics", "/workers", "/reload"):
        with stage.row(target):
            gateway.fetch(target, status=404)


REFUSED = [
    ("GET /none", None, {404}),
    ("POST /status", {}, {404, 405}),
    ("GET /reload", None, {404, 405}),
    ("DELETE /workers/remove", {"name": "worker1"}, {404, 405, 501}),
    ("POST /workers/frobnicate", {"name": "worker1"}, {404}),
    ("POST /workers/remove", {"name": "nobody"}, {404}),
    ("POST /workers/drain", {"name": "nobody"}, {404}),
    ("POST /workers/weight", {"name": "nobody", "weight": 2}, {404}),
    ("POST /workers/add", None, {400}),
    ("POST /workers/add", [], {400}),
    ("POST /workers/add", {}, {400}),
    ("POST /workers/add", {"url": 3}, {400}),
    ("POST /workers/add", {"url": "ftp://x"}, {400}),
    ("POST /workers/add", {"url": "http://h:1/path"}, {400}),
    ("POST /workers/add", {"url": "http://h:99999"}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "weight": -1}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "weight": "heavy"}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "capacity": -1}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "name": "worker1"}, {400, 409}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "name": "x" * 500}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "name": 'a"b\n'}, {400}),
    ("POST /workers/add", {"url": "http://" + "h" * 5000}, {400}),
    ("POST /workers/add", {"url": "http://127.0.0.1:1", "colour": "red"}, {400}),
    ("POST /workers/remove", {}, {400, 404}),
    ("POST /workers/remove", {"name": 3}, {400, 404}),
    ("POST /workers/weight", {"name": "worker1"}, {400}),
    ("POST /workers/weight", {"name": "worker1", "weight": 0}, {400}),
    ("POST /workers/weight", {"name": "worker1", "weight": "heavy"}, {400}),
]


def what_makes_no_sense_is_refused_with_a_reason(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for line, fields, statuses in REFUSED:
        with stage.row(f"{line} {str(fields)[:60]}"):
            code, text = gateway.admin.ask(line, fields)
            holds(code in statuses, f"{code} is one of {statuses}: {text!r}")
            holds(json.loads(text)["error"], "there is a reason")
    rows = [(row["name"], row["weight"], row["state"]) for row in gateway.workers().values()]
    same(rows, [("worker1", 1, "up")], "workers afterwards")


def the_gateway_cannot_be_its_own_worker(stage):
    gateway = stage.picket(stage.worker(hello))
    code, text = gateway.admin.ask("POST /workers/add", {"url": gateway.url("")})
    same(code, 400, "status")
    holds("is the gateway itself" in text, f"the reason: {text!r}")


RUBBISH = [
    b"\0\0\0\0\r\n\r\n",
    b"POST /workers/add HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n{\"ur",
    b"POST /workers/add HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{\"url\": x",
    b"POST /workers/add HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n{",
    b"POST /workers/add HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + b"[" * 200000,
    b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /status HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 50000 + b"\r\n",
    b"GET /status",
]


def rubbish_does_not_harm_the_admin_address(stage):
    gateway = stage.picket(stage.worker(hello))
    pid = gateway.pids("control")
    for data in RUBBISH:
        with stage.row(repr(data[:40])):
            wire = Wire(dial(gateway.config["admin"], stage.patience), "admin",
                        stage.transcript, stage.patience)
            wire.send_though_refused(data)
            wire.close()
            gateway.status()
    same(gateway.pids("control"), pid, "the control process")


def the_admin_interface_may_be_switched_off(stage):
    worker = stage.worker(hello)
    gateway = stage.gateway([worker], admin=False)
    gateway.launch()
    wait_for_port(gateway.config["listen"], stage.patience)
    gateway.fetch()
    gateway.term()
    gateway.expect_exit()


TOKEN = "uncommonly-secret-0123456789"


def _with_token(stage, **more):
    admin = {"listen": f"127.0.0.1:{stage.port()}", "token": TOKEN, **more}
    return stage.picket(stage.worker(hello), admin=admin)


def _headers_of(stage, gateway, authorization, line="GET /status HTTP/1.1"):
    admin = Wire(dial(gateway.config["admin"]["listen"], stage.patience), "admin",
                 stage.transcript, stage.patience)
    admin.send(f"{line}\r\nHost: h\r\n{authorization}\r\n".encode())
    head = admin.read_head()
    admin.close()
    return head


def whoever_has_not_the_token_is_told_nothing(stage):
    gateway = _with_token(stage)
    for name, header in (("none", ""), ("wrong", "Authorization: Bearer wrong\r\n"),
                         ("shorter", f"Authorization: Bearer {TOKEN[:-1]}\r\n"),
                         ("longer", f"Authorization: Bearer {TOKEN}x\r\n"),
                         ("empty", "Authorization: Bearer \r\n"),
                         ("another scheme", f"Authorization: Basic {TOKEN}\r\n"),
                         ("another header", f"X-Token: {TOKEN}\r\n")):
        for line in ("GET /status", "GET /metrics", "POST /stop", "GET /nowhere"):
            with stage.row(f"{name}, {line}"):
                head = _headers_of(stage, gateway, header, line + " HTTP/1.1")
                same(head.start.split()[1], "401", "status")
                holds(head.get("WWW-Authenticate").startswith("Bearer"), "it says what it asks for")
    gateway.expect_message("asked with a wrong token from 127.0.0.1")
    gateway.fetch()


def the_token_opens_the_admin_address(stage):
    gateway = _with_token(stage)
    gateway.status()
    gateway.admin.metrics()
    gateway.reload()
    same(_headers_of(stage, gateway, f"authorization: bearer {TOKEN}\r\n").start.split()[1],
         "200", "whatever the case of its scheme")
    holds(TOKEN not in json.dumps(gateway.status()), "the status does not tell it")


def the_command_line_knows_the_token(stage):
    gateway = _with_token(stage)
    address = gateway.config["admin"]["listen"]
    gateway.write("token", TOKEN + "\n")
    picket = stage.program
    holds("worker1" in gateway.cli("status"), "from the configuration")
    stage.run("env", f"PICKET_ADMIN_TOKEN={TOKEN}", picket, "status", "--admin", address)
    stage.run(picket, "status", "--admin", address, "--token-file", str(gateway.folder / "token"))
    text = stage.run(picket, "status", "--admin", address, status=1)
    holds("--token-file" in text, f"it says how to give one: {text!r}")
    stage.run("env", "PICKET_ADMIN_TOKEN=0123456789abcdef", picket, "stop", "--admin", address,
              status=1)
    holds(TOKEN not in stage.run("ps", "-o", "args=", "-g", str(gateway.pid())), "ps shows none")
    gateway.cli("stop")
    gateway.expect_exit()


def a_reload_changes_the_token(stage):
    gateway = _with_token(stage)
    gateway.write("new", "another-token-0123456789\n")
    gateway.write_config(admin={"listen": gateway.config["admin"]["listen"], "token_file": "new"})
    gateway.reload()
    same(gateway.admin.ask("GET /status")[0], 401, "status with the old one")
    gateway.admin.token = "another-token-0123456789"
    gateway.status()


def an_admin_address_for_others_must_have_a_token(stage):
    port = stage.port()
    gateway = stage.gateway([stage.worker(hello)], admin=f"0.0.0.0:{port}")
    text = stage.run(stage.program, "check", "-c", str(gateway.file), status=1)
    holds(f"{gateway.file}:" in text and "reached from elsewhere" in text, f"it says: {text!r}")
    same(text.split(":")[2].isdigit(), True, f"the line in {text!r}")
    gateway.write_config(admin={"listen": f"0.0.0.0:{port}", "token": TOKEN})
    gateway.admin.token = TOKEN
    gateway.start()
    gateway.write_config(admin=f"127.0.0.1:{port}")
    holds("no token any more" in gateway.reload_refused(), "it keeps its token while it runs")
    same(gateway.status()["policy"]["generation"], 1, "generation")


def what_changes_something_must_be_posted(stage):
    gateway = stage.picket(stage.worker(hello))
    for path in ("/reload", "/upgrade", "/stop", "/workers/add", "/workers/remove",
                 "/workers/drain", "/workers/undrain", "/workers/weight"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            with stage.row(f"{method} {path}"):
                same(gateway.admin.ask(f"{method} {path}")[0], 405, "status")
    gateway.fetch()


def picket_status_shows_the_workers(stage):
    gateway = stage.picket(stage.worker(hello))
    text = gateway.cli("status")
    holds("worker1" in text and "up" in text, f"the worker is there: {text!r}")


def picket_stop_stops(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.cli("stop")
    gateway.expect_exit()


def commands_without_a_gateway_fail_with_a_reason(stage):
    gateway = stage.gateway()
    for words in (("status",), ("reload",), ("stop",), ("workers", "list")):
        with stage.row(" ".join(words)):
            text = stage.run(stage.program, *words, "-c", str(gateway.file), status=1)
            holds(gateway.config["admin"] in text, f"the message names the address: {text!r}")
