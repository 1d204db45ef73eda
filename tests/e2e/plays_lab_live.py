"""The simulator and the real thing: the same requests through `picket run` and `picket worker`."""

import json
import re

from stage import deadline
from wire import holds, same

REQUESTS, TIME_SCALE = 600, 20  # 120 s of the model, and what is left in flight then
WORKERS = 5
POLICIES = {
    "round_robin": "round_robin",
    "least_loaded": "least_loaded",
    "hash": "hash",
    "package_aware,candidates=2018": {1: "package_aware", "candidates": "2018"},
}


def _workers(stage, registry):
    """Five more workers, on one machine as the model of the thesis has them: their URLs."""
    log = stage.folder / "picket.log"

    def ports():
        return re.findall(r"port (\d+)", log.read_text()) if log.exists() else []

    before = len(ports())
    stage.daemon(stage.program, "worker", "--port", ",".join(["0"] * WORKERS), "--registry",
                 str(registry), "--model", "thesis2018", "--time-scale", str(TIME_SCALE))
    stage.until(lambda: len(ports()) == before + WORKERS, "the workers listen")
    return [f"http://127.0.0.1:{port}" for port in ports()[before:]]


def _gateway(stage, registry, policy):
    """A gateway before workers of its own, named as in the preset: `hash` goes by names."""
    rows = [{"url": url, "name": f"127.0.0.1:{9081 + i}"}
            for i, url in enumerate(_workers(stage, registry))]
    return stage.picket(*rows, registry=str(registry), policy=policy)


def _replay(stage, gateway):
    """What a replay of the preset's first requests measures."""
    return json.loads(stage.run(
        stage.program, "replay", "--target", f"http://{gateway.config['listen']}", "--preset",
        "thesis2018", "--count", str(REQUESTS), "--time-scale", str(TIME_SCALE), "--seed", "1",
        "--json", patience=stage.patience * 12))


def _simulated(stage, folder):
    """By policy, what the simulator says of the same requests."""
    words = [word for policy in POLICIES for word in ("--policy", policy)]
    stage.run(stage.program, "lab", "compare", "--preset", "thesis2018", "--requests",
              str(REQUESTS), "--seeds", "1", "--json", str(folder / "simulated.json"), *words)
    rows = json.loads((folder / "simulated.json").read_text())["policies"]
    return {row["policy"]: row["runs"][0] for row in rows}


@deadline(150)
def the_simulator_agrees_with_real_gateways_and_workers(stage):
    registry = stage.folder / "registry.json"
    registry.write_text(stage.run(stage.program, "lab", "registry", "--seed", "1"))
    simulated = _simulated(stage, stage.folder)
    gateways = {name: _gateway(stage, registry, policy) for name, policy in POLICIES.items()}
    running = {name: stage.beside(lambda gateway=gateway: _replay(stage, gateway))
               for name, gateway in gateways.items()}
    live = {name: run.result() for name, run in running.items()}
    for name, outcome in live.items():
        with stage.row(name):
            same(outcome["completed"], REQUESTS, "all are answered")
            ratio = outcome["mean_ms"] / simulated[name]["mean_ms"]
            holds(0.85 < ratio < 1.15, f"the means agree: {ratio}")
    for one in POLICIES:
        for other in POLICIES:
            if simulated[one]["mean_ms"] < 0.9 * simulated[other]["mean_ms"]:
                holds(live[one]["mean_ms"] < live[other]["mean_ms"],
                      f"{one} is faster than {other}: {live}")
