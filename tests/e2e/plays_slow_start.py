"""Workers that come up get little at first."""

from wire import same
from worker import hello

QUICK = {"kind": "openlambda", "interval": 0.05, "rise": 2, "fall": 2}


def _state(stage, gateway, name, state):
    stage.until(lambda: gateway.workers()[name]["state"] == state,
                lambda: f"{name} is {state}: {gateway.workers()[name]}")


def _weights(gateway, name):
    row = gateway.workers()[name]
    return row["weight"], row["effective_weight"]


def _gateway(stage, *workers):
    """One in which slow start comes when these workers serve in full."""
    gateway = stage.picket(*workers, health={**QUICK, "slow_start": 0}, policy="round_robin")
    for worker in workers:
        _state(stage, gateway, worker.name, "up")
    gateway.config["health"]["slow_start"] = 3000
    gateway.write_config()
    gateway.hup()
    return gateway


def a_worker_that_is_added_gets_a_tenth_at_first(stage):
    gateway = _gateway(stage, stage.worker(hello, name="old"))
    new = stage.worker(hello, name="new")
    gateway.admin.expect(200, "POST /workers/add", {"url": new.url, "name": new.name})
    _state(stage, gateway, "new", "up")
    same(_weights(gateway, "new"), (1, 0.1), "its weights")
    same(_weights(gateway, "old"), (1, 1), "weights of the other")
    names = [gateway.fetch().body for _ in range(22)]
    same(names.count(b"new"), 2, "its share")


def a_worker_that_is_back_gets_a_tenth_at_first(stage):
    worker = stage.worker(hello, name="back")
    gateway = _gateway(stage, worker, stage.worker(hello))
    worker.health = 503
    _state(stage, gateway, "back", "down")
    worker.health = 200
    _state(stage, gateway, "back", "up")
    same(_weights(gateway, "back"), (1, 0.1), "its weights")


def in_the_end_it_gets_its_whole_share(stage):
    gateway = stage.picket(stage.worker(hello, name="one"), health={**QUICK, "slow_start": 0.05})
    stage.until(lambda: _weights(gateway, "one") == (1, 1), "it has its whole weight")


def a_weight_that_is_given_holds_in_part(stage):
    gateway = _gateway(stage, stage.worker(hello, name="old"))
    new = stage.worker(hello, name="new")
    gateway.admin.expect(200, "POST /workers/add", {"url": new.url, "name": new.name})
    _state(stage, gateway, "new", "up")
    gateway.admin.expect(200, "POST /workers/weight", {"name": "new", "weight": 5})
    same(_weights(gateway, "new"), (5, 0.5), "its weights")
