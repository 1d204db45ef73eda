"""Workers added, removed, drained and weighed while the gateway runs."""

from policies import FIRST
from wire import holds, same
from worker import by_hand, hello


def _add(gateway, worker, **fields):
    fields = {"url": worker.url, "name": worker.name, **fields}
    gateway.admin.expect(200, "POST /workers/add", fields)


def a_worker_that_is_added_is_used(stage):
    gateway = stage.picket()
    gateway.fetch(status=503)
    _add(gateway, stage.worker(hello))
    stage.until(lambda: gateway.states() == ["up"], "it is up")
    same(gateway.fetch().body, b"worker1", "who answered")


def a_worker_may_be_added_with_weight_and_capacity(stage):
    gateway = stage.picket()
    _add(gateway, stage.worker(hello), weight=2.5, capacity=3)
    row = gateway.workers()["worker1"]
    same((row["weight"], row["capacity"]), (2.5, 3), "weight and capacity")


def a_worker_that_is_removed_finishes_what_it_has(stage):
    leaving, staying = stage.worker(), stage.worker(hello)
    gateway = stage.picket(leaving, staying, policy="./first.lua", files={"first.lua": FIRST})
    client = gateway.connect()
    client.get()
    call = leaving.call()
    gateway.admin.expect(200, "POST /workers/remove", {"name": "worker1"})
    same({gateway.fetch().body for _ in range(3)}, {b"worker2"}, "who answers now")
    call.answer(200, "finished")
    same(client.expect(200).body, b"finished", "body")
    stage.until(lambda: list(gateway.workers()) == ["worker2"], "it is gone")


def _hold_or_answer(call):
    {"/run/held": by_hand}.get(call.target, hello)(call)


def a_worker_that_drains_finishes_what_it_has(stage):
    leaving, staying = stage.worker(_hold_or_answer), stage.worker(hello)
    gateway = stage.picket(leaving, staying, policy="./first.lua", files={"first.lua": FIRST})
    client = gateway.connect()
    client.get("/run/held")
    call = leaving.call()
    gateway.admin.expect(200, "POST /workers/drain", {"name": "worker1"})
    same({gateway.fetch().body for _ in range(3)}, {b"worker2"}, "who answers now")
    same(gateway.workers()["worker1"]["state"], "draining", "state")
    same(gateway.inflight()["worker1"], 1, "in flight at the one that drains")
    call.answer(200, "finished")
    same(client.expect(200).body, b"finished", "body")
    gateway.admin.expect(200, "POST /workers/undrain", {"name": "worker1"})
    stage.until(lambda: gateway.fetch().body == b"worker1", "it serves again")


def draining_returns_when_nothing_is_in_flight(stage):
    worker = stage.worker()
    gateway = stage.picket(worker)
    client = gateway.connect()
    client.get()
    call = worker.call()
    gateway.cli("workers", "drain", "worker1", "--no-wait")
    waiting = stage.beside(lambda: gateway.cli("workers", "drain", "worker1"))
    same(gateway.inflight(), {"worker1": 1}, "in flight while it waits")
    holds(not waiting.done(), "the command waits")
    call.answer()
    client.expect(200)
    waiting.result()
    same(gateway.inflight(), {"worker1": 0}, "in flight when it has returned")


def when_all_drain_nobody_serves(stage):
    gateway = stage.picket(stage.worker(hello), timeouts={"queue": 0.2})
    gateway.admin.expect(200, "POST /workers/drain", {"name": "worker1"})
    gateway.fetch(status=503)


def a_weight_changes_the_share(stage):
    gateway = stage.picket(stage.worker(hello), stage.worker(hello), policy="round_robin")
    gateway.admin.expect(200, "POST /workers/weight", {"name": "worker2", "weight": 3})
    same(gateway.workers()["worker2"]["weight"], 3, "weight")
    names = [gateway.fetch().body.decode() for _ in range(8)]
    same(names.count("worker2"), 6, f"its share of {names}")


def connections_to_a_removed_worker_are_closed(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, processes=2)
    for _ in range(5):
        gateway.fetch()
    gateway.admin.expect(200, "POST /workers/remove", {"name": "worker1"})
    stage.until(lambda: worker.open_connections() == 0, "its idle connections are closed")


def a_worker_may_be_named_by_its_url(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    gateway.admin.expect(200, "POST /workers/drain", {"name": worker.url})
    same(gateway.workers()["worker1"]["state"], "draining", "state")


def a_removed_worker_may_come_back(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for _ in range(5):
        gateway.admin.expect(200, "POST /workers/remove", {"name": "worker1"})
        stage.until(lambda: gateway.workers() == {}, "it is gone")
        _add(gateway, worker)
        stage.until(lambda: gateway.states() == ["up"], "it is up")
        gateway.fetch()


def a_worker_that_comes_back_while_busy_keeps_its_capacity(stage):
    worker = stage.worker()
    gateway = stage.picket({"url": worker.url, "name": "worker1", "capacity": 1})
    one, two = gateway.connect(), gateway.connect()
    one.get("/run/one")
    call = worker.call()
    gateway.admin.expect(200, "POST /workers/remove", {"name": "worker1"})
    _add(gateway, worker, capacity=1)
    stage.until(lambda: gateway.states() == ["up"], "it is up, and there once")
    same(gateway.inflight(), {"worker1": 1}, "in flight")
    two.get("/run/two")
    stage.until(lambda: gateway.queued() == 1, "another request waits for it")
    call.answer(200, "one")
    same(one.expect(200).body, b"one", "body of the first")
    worker.call().answer(200, "two")
    same(two.expect(200).body, b"two", "body of the second")


def workers_come_and_go_under_load(stage):
    staying, coming = stage.worker(hello, name="staying"), stage.worker(hello, name="coming")
    gateway = stage.picket(staying, processes=2)

    def ask_often():
        client = gateway.connect()
        for _ in range(300):
            client.get()
            client.expect(200)
        client.close()

    clients = [stage.beside(ask_often) for _ in range(4)]
    for _ in range(10):
        _add(gateway, coming)
        gateway.admin.expect(200, "POST /workers/remove", {"name": "coming"})
        stage.until(lambda: "coming" not in gateway.workers(), "it is gone")
    for client in clients:
        client.result()


def the_command_line_steers_as_well(stage):
    one, two = stage.worker(hello, name="one"), stage.worker(hello, name="two")
    gateway = stage.picket(one)
    gateway.cli("workers", "add", two.url)
    name = two.url.removeprefix("http://")
    same(set(gateway.workers()), {"one", name}, "workers after add")
    text = gateway.cli("workers", "list")
    holds("one" in text and name in text, f"both are listed: {text!r}")
    gateway.cli("workers", "drain", "one")
    same(gateway.workers()["one"]["state"], "draining", "state after drain")
    gateway.cli("workers", "undrain", "one")
    same(gateway.workers()["one"]["state"], "up", "state after undrain")
    gateway.cli("workers", "weight", "one", "2.5")
    same(gateway.workers()["one"]["weight"], 2.5, "weight")
    gateway.cli("workers", "remove", name)
    stage.until(lambda: set(gateway.workers()) == {"one"}, "it is removed")


def a_mistake_in_the_configuration_keeps_nobody_from_steering(stage):
    gateway = stage.picket(stage.worker(hello))
    gateway.write_config(polcy="random")
    holds("worker1" in gateway.cli("workers", "list"), "the workers are listed")
    said = gateway.cli("reload", status=1)
    holds(said.startswith("picket: nothing changed"), f"a reload says that first: {said!r}")
    holds('unknown key "polcy"; did you mean "policy"?' in said, f"and what is wrong: {said!r}")
    holds("stopped" in gateway.cli("stop"), "it stops")


def the_command_line_says_what_was_refused(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    there = f'worker "worker1" with the url {worker.url} is there already'
    for words, status, expected in (
            (("remove", "nobody"), 1, 'no worker "nobody"; picket workers list shows'),
            (("drain", "wroker1"), 1, 'no worker "wroker1"; did you mean "worker1"?'),
            (("add", "http://127.0.0.1:1", "--name", "worker1"), 1,
             there + "; give this one another name\n"),
            (("add", worker.url, "--name", "other"), 1, there + "\n"),
            (("add", "ftp://x"), 2, 'url "ftp://x" has the scheme "ftp"'),
            (("weight", "worker1", "heavy"), 2, "weight must be a number from 0.01 to 1000"),
            (("weight", "worker1", "-1"), 2, "weight must be a number from 0.01 to 1000, not -1")):
        with stage.row(" ".join(words)):
            said = gateway.cli("workers", *words, status=status)
            holds(said.startswith(f"picket: workers {words[0]}: "), f"who says so: {said!r}")
            holds(expected in said, f"{expected!r} in {said!r}")


def a_mistyped_command_is_told_which_was_meant(stage):
    for word, expected in (("rnu", 'unknown command "rnu"; did you mean "run"?'),
                           ("sing", 'unknown command "sing"; picket help lists them')):
        said = stage.run(stage.program, word, status=2)
        same(said, f"picket: {expected}\n", "what it says")


def the_status_tells_which_gateway_this_is(stage):
    gateway = stage.picket(stage.worker(hello))
    version = stage.run(stage.program, "--version").split()[1]
    status = gateway.status()
    same(status["version"], version, "version")
    same(status["config"], str(gateway.file.resolve()), "configuration")
    text = gateway.cli("status")
    for part in (f"picket {version}, up for ", f"listening on {gateway.config['listen']}",
                 f"configuration {gateway.file.resolve()}", "policy least_loaded"):
        holds(part in text, f"{part!r} is in {text!r}")
