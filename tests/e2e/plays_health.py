"""Health checks: who is up, who is not, and why."""

from wire import holds, same
from worker import hello

QUICK = {"interval": 0.05, "timeout": 1, "rise": 2, "fall": 2}


def _state(stage, gateway, name, state):
    stage.until(lambda: gateway.workers()[name]["state"] == state,
                lambda: f"{name} is {state}: {gateway.workers()[name]}")


def a_worker_that_nobody_listens_for_goes_down(stage):
    gone, here = stage.worker(hello, name="gone"), stage.worker(hello, name="here")
    gateway = stage.picket(gone, here, health={"kind": "tcp", **QUICK})
    _state(stage, gateway, "gone", "up")
    gone.stop()
    _state(stage, gateway, "gone", "down")
    for _ in range(5):
        same(gateway.fetch().body, b"here", "who answered")
    gateway.expect_message("gone.*down")


def a_worker_that_is_back_goes_up(stage):
    worker = stage.worker(hello, name="back")
    port = int(worker.url.rsplit(":", 1)[1])
    gateway = stage.picket(worker, health={"kind": "tcp", **QUICK})
    worker.stop()
    _state(stage, gateway, "back", "down")
    gateway.fetch(status=503)
    stage.worker(hello, name="again", port=port)
    _state(stage, gateway, "back", "up")
    same(gateway.fetch().body, b"again", "who answered")
    gateway.expect_message("back.*up")


def an_openlambda_worker_that_is_not_ready_goes_down(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, health={"kind": "openlambda", **QUICK})
    _state(stage, gateway, "worker1", "up")
    worker.health = 503
    _state(stage, gateway, "worker1", "down")
    worker.health = 200
    _state(stage, gateway, "worker1", "up")
    gateway.fetch()


def a_check_over_http_expects_its_status(stage):
    worker = stage.worker(hello)
    worker.health = 204
    checks = {"kind": "http", "path": "/health", "status": 204, **QUICK}
    gateway = stage.picket(worker, health=checks)
    _state(stage, gateway, "worker1", "up")
    worker.health = 200
    _state(stage, gateway, "worker1", "down")
    same(worker.probes[0].target, "/health", "what the check asks for")


def one_bad_check_is_not_enough_and_one_good_neither(stage):
    worker = stage.worker(hello)
    checks = {"kind": "http", "path": "/health", **QUICK, "fall": 4, "rise": 3}
    gateway = stage.picket(worker, health=checks)
    _state(stage, gateway, "worker1", "up")
    begun = len(worker.probes)
    worker.health = 500
    _state(stage, gateway, "worker1", "down")
    holds(len(worker.probes) - begun >= 4, "four checks have failed before")
    begun = len(worker.probes)
    worker.health = 200
    _state(stage, gateway, "worker1", "up")
    holds(len(worker.probes) - begun >= 3, "three checks were good before")


def a_worker_that_hangs_goes_down(stage):
    worker = stage.worker()
    checks = {"kind": "http", "path": "/run/never", **QUICK, "timeout": 0.05}
    gateway = stage.picket(worker, health=checks)
    stage.until(lambda: gateway.workers()["worker1"]["state"] != "up", "it is not up")
    stage.until(lambda: gateway.workers()["worker1"]["reason"], "the status says why")


def when_all_are_down_it_is_503(stage):
    worker = stage.worker()
    worker.stop()
    gateway = stage.picket(worker, health={"kind": "tcp", **QUICK})
    _state(stage, gateway, "worker1", "down")
    gateway.fetch(status=503).error()


def when_all_are_down_requests_may_be_held(stage):
    worker = stage.worker(hello, name="back")
    worker.health = 503
    gateway = stage.picket(worker, health={"kind": "openlambda", **QUICK}, queue={"hold": True})
    _state(stage, gateway, "back", "down")
    client = gateway.connect()
    client.get()
    stage.until(lambda: gateway.queued() == 1, "the request waits")
    worker.health = 200
    same(client.expect(200).body, b"back", "body")


def who_waits_when_the_last_worker_goes_down_may_be_held(stage):
    worker = stage.worker(name="last")
    gateway = stage.picket({"url": worker.url, "name": "last", "capacity": 1},
                           health={"kind": "openlambda", **QUICK}, queue={"hold": True})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = worker.call()
    second.get()
    stage.until(lambda: gateway.queued() == 1, "the second waits")
    worker.health = 503
    _state(stage, gateway, "last", "down")
    call.answer(200, "first")
    same(first.expect(200).body, b"first", "body of the first")
    same(gateway.queued(), 1, "requests that wait")
    worker.health = 200
    worker.call().answer(200, "second")
    same(second.expect(200).body, b"second", "body of the second")


def who_is_held_waits_no_longer_than_the_queue_allows(stage):
    gateway = stage.picket(queue={"hold": True}, timeouts={"queue": 0.05})
    gateway.fetch(status=503).error()


def without_hold_who_waits_hears_of_it_when_the_last_goes_down(stage):
    worker = stage.worker(name="last")
    gateway = stage.picket({"url": worker.url, "name": "last", "capacity": 1},
                           health={"kind": "openlambda", **QUICK})
    first, second = gateway.connect(), gateway.connect()
    first.get()
    call = worker.call()
    second.get()
    stage.until(lambda: gateway.queued() == 1, "the second waits")
    worker.health = 503
    second.expect(503).error()
    call.answer(200)
    first.expect(200)


def a_worker_that_goes_down_finishes_what_it_has(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, health={"kind": "openlambda", **QUICK})
    _state(stage, gateway, "worker1", "up")
    client = gateway.connect()
    client.get()
    call = worker.call()
    worker.health = 500
    _state(stage, gateway, "worker1", "down")
    call.answer(200, "finished")
    same(client.expect(200).body, b"finished", "body")


def checks_do_not_count_as_requests(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, health={"kind": "openlambda", **QUICK})
    stage.until(lambda: len(worker.probes) > 5, "some checks were made")
    same(gateway.workers()["worker1"]["served"], 0, "requests served")
