"""The policies that come with picket, by what they do to requests."""

import json
from collections import Counter

from policies import FIRST
from wire import holds, same
from worker import by_hand, hello


def _three(stage, policy, behaviour=hello, rows=({}, {}, {}), **config):
    """A gateway in front of worker1 to worker3, with these extra fields in their rows."""
    workers = [stage.worker(behaviour, f"worker{n}") for n, _ in enumerate(rows, 1)]
    listed = [{"url": w.url, "name": w.name, **row} for w, row in zip(workers, rows)]
    return workers, stage.picket(*listed, policy=policy, **config)


def _who(gateway, target="/run/f", *headers):
    return gateway.fetch(target, *headers).body.decode()


def round_robin_takes_turns(stage):
    _, gateway = _three(stage, "round_robin")
    names = [_who(gateway) for _ in range(9)]
    same(names[:3] * 3, names, "nine answers")
    same(sorted(names[:3]), ["worker1", "worker2", "worker3"], "three answers")


def round_robin_spreads_weights_smoothly(stage):
    _, gateway = _three(stage, "round_robin", rows=({"weight": 5}, {}, {}))
    names = [_who(gateway) for _ in range(14)]
    same(Counter(names[:7]), {"worker1": 5, "worker2": 1, "worker3": 1}, "seven answers")
    same(names[:7], names[7:], "the second seven")
    holds("worker1,worker1,worker1,worker1,worker1" not in ",".join(names[:7]),
          f"the light ones come in between: {names}")


def round_robin_skips_who_is_full(stage):
    full, other = stage.worker(), stage.worker(hello)
    gateway = stage.picket({"url": full.url, "name": "full", "capacity": 1}, other,
                           policy="round_robin")
    held = [gateway.connect() for _ in range(2)]
    for client in held:
        client.get()
    call = full.call()
    same({_who(gateway) for _ in range(4)}, {"worker2"}, "who answered meanwhile")
    call.answer()
    for client in held:
        client.expect(200)


def random_reaches_everybody(stage):
    _, gateway = _three(stage, "random", rows=({}, {}, {"weight": 4}))
    counts = Counter(_who(gateway) for _ in range(240))
    same(len(counts), 3, "workers that answered")
    holds(counts["worker3"] > counts["worker1"] and counts["worker3"] > counts["worker2"],
          f"the heavy one answers most: {counts}")


def least_loaded_evens_out(stage):
    workers, gateway = _three(stage, "least_loaded", behaviour=by_hand)
    clients = [gateway.connect() for _ in range(6)]
    for number, client in enumerate(clients, 1):
        client.get()
        stage.until(lambda n=number: sum(gateway.inflight().values()) == n, "one more")
    same(set(gateway.inflight().values()), {2}, "in flight at each")
    _release(stage, workers, clients)


def least_loaded_heeds_weights(stage):
    workers, gateway = _three(stage, "least_loaded", behaviour=by_hand, rows=({}, {"weight": 2}))
    clients = [gateway.connect() for _ in range(6)]
    for number, client in enumerate(clients, 1):
        client.get()
        stage.until(lambda n=number: sum(gateway.inflight().values()) == n, "one more")
    same(gateway.inflight(), {"worker1": 2, "worker2": 4}, "in flight at each")
    _release(stage, workers, clients)


def least_loaded_breaks_ties_in_turn(stage):
    _, gateway = _three(stage, "least_loaded")
    same(len({_who(gateway) for _ in range(6)}), 3, "workers that answered")


def least_loaded_may_break_ties_by_order(stage):
    _, gateway = _three(stage, {1: "least_loaded", "ties": "first"})
    same({_who(gateway) for _ in range(6)}, {"worker1"}, "who answered")


def _release(stage, workers, clients):
    stage.until(lambda: sum(len(w.calls) for w in workers) == len(clients), "all have arrived")
    for worker in workers:
        for call in worker.calls:
            call.answer()
    for client in clients:
        client.expect(200)


def _packages(count=6):
    """Functions a0, b0, a1, b1, ...: two for each largest package."""
    sizes = {f"big{n}": 1000 + n for n in range(count)} | {"small": 1}
    functions = {f"{letter}{n}": ["small", f"big{n}"] for n in range(count) for letter in "ab"}
    return json.dumps({"packages": sizes, "functions": functions})


def package_aware_sends_a_package_where_it_was(stage):
    _, gateway = _three(stage, "package_aware", registry="r.json", files={"r.json": _packages()})
    for number in range(6):
        with stage.row(f"big{number}"):
            first = {_who(gateway, f"/run/a{number}") for _ in range(8)}
            holds(len(first) <= 2, f"two candidates at most: {first}")
            second = {_who(gateway, f"/run/b{number}") for _ in range(8)}
            holds(len(first | second) <= 2, f"both functions have the same: {first} {second}")


def package_aware_uses_all_workers_for_many_packages(stage):
    _, gateway = _three(stage, "package_aware", registry="r.json", files={"r.json": _packages(40)})
    same(len({_who(gateway, f"/run/a{n}") for n in range(40)}), 3, "workers that answered")


def package_aware_spills_beyond_its_threshold(stage):
    workers, gateway = _three(stage, {1: "package_aware", "load_threshold": 2}, behaviour=by_hand)
    clients = [gateway.connect() for _ in range(9)]
    for number, client in enumerate(clients, 1):
        client.get("/run/same")
        stage.until(lambda n=number: sum(gateway.inflight().values()) == n, "one more")
    same(min(gateway.inflight().values()) >= 2, True, f"nobody idles: {gateway.inflight()}")
    _release(stage, workers, clients)


def package_aware_hashes_the_name_without_packages(stage):
    _, gateway = _three(stage, "package_aware")
    for name in ("f", "g", "h"):
        with stage.row(name):
            names = {_who(gateway, f"/run/{name}") for _ in range(8)}
            holds(len(names) <= 2, f"two candidates at most: {names}")


def package_aware_offers_the_rule_of_2018(stage):
    _, gateway = _three(stage, {1: "package_aware", "candidates": "2018"},
                        registry="r.json", files={"r.json": _packages()})
    names = {_who(gateway, "/run/a0") for _ in range(8)}
    holds(len(names) <= 2, f"two candidates at most: {names}")


def ip_hash_is_nginx_s(stage):
    # 127.0.0.1 hashes to 4040, which is 2 modulo 3: the third of equal workers.
    _, gateway = _three(stage, "ip_hash")
    same({_who(gateway) for _ in range(5)}, {"worker3"}, "who answered")


def ip_hash_heeds_weights_as_nginx_does(stage):
    # 4040 is 0 modulo 4: the first of weights 2, 1 and 1.
    _, gateway = _three(stage, "ip_hash", rows=({"weight": 2}, {}, {}))
    same({_who(gateway) for _ in range(5)}, {"worker1"}, "who answered")


def hash_keeps_a_path_with_its_worker(stage):
    _, gateway = _three(stage, {1: "hash", "key": "path"})
    homes = {n: {_who(gateway, f"/run/f/{n}") for _ in range(3)} for n in range(20)}
    same({len(names) for names in homes.values()}, {1}, "workers for each path")
    same(len(set.union(*homes.values())), 3, "workers for all paths")


def hash_keeps_a_function_with_its_worker(stage):
    _, gateway = _three(stage, {1: "hash", "key": "function"})
    same(len({_who(gateway, f"/run/f/{n}") for n in range(10)}), 1, "workers for one function")
    same(len({_who(gateway, f"/run/f{n}") for n in range(30)}), 3, "workers for many")


def hash_takes_in_who_leaves_without_moving_others(stage):
    _, gateway = _three(stage, {1: "hash", "key": "function"})
    before = {f"f{n}": _who(gateway, f"/run/f{n}") for n in range(30)}
    gateway.admin.expect(200, "POST /workers/drain", {"name": "worker2"})
    stage.until(lambda: gateway.workers()["worker2"]["state"] == "draining", "it drains")
    after = {name: _who(gateway, f"/run/{name}") for name in before}
    moved = {name for name in before if before[name] != after[name]}
    same(moved, {name for name in before if before[name] == "worker2"}, "functions that moved")


def every_policy_serves_and_survives_membership_changes(stage):
    for policy in ("round_robin", "random", "least_loaded", "package_aware", "ip_hash", "hash"):
        with stage.row(policy):
            _, gateway = _three(stage, policy)
            gateway.fetch()
            for name in ("worker1", "worker2"):
                gateway.admin.expect(200, "POST /workers/remove", {"name": name})
            stage.until(lambda g=gateway: len(g.workers()) == 1, "they are gone")
            last = {_who(gateway) for _ in range(4)}
            same(last, {"worker3"}, "who answers alone")
            same(gateway.status()["policy"]["errors"], 0, "errors of the policy")


def a_policy_may_be_a_file_beside_the_configuration(stage):
    _, gateway = _three(stage, "./mine.lua", files={"mine.lua": FIRST})
    same({_who(gateway) for _ in range(5)}, {"worker1"}, "who answered")
