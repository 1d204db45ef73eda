#!/usr/bin/env python3
"""Chaos: everything goes wrong at once, under load, and every request is accounted for.

    python3 tests/chaos/run.py [--picket PATH] [--seconds N] [--seed N]

Workers and the gateway's processes are killed and stopped, good and bad files
reloaded, the whole gateway is replaced and lost, members come and go and clients
leave, while each request carries an id.  The
seed decides what is done, not what comes of it.  The output is TAP.
"""

import argparse
import os
import random
import re
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from crowd import Crowd  # noqa: E402
from ledger import Ledger  # noqa: E402
from mischief import STAYING, Mischief, Workers  # noqa: E402
from silence import Silence  # noqa: E402
from stage import Skipped, Stage, find_program  # noqa: E402
from wire import holds, same  # noqa: E402

CLIENTS = 10
MEGABYTE = 1 << 20
# Endless picks count by processor time, of which a busy machine gives little.
PATIENCE = 30
# What a process may grow by while it serves and reloads: its caches fill, and
# the heap has holes.
GROWTH = 8 * MEGABYTE


class Run:
    """One gateway, its workers and clients, and what is asked of them in the end."""

    def __init__(self, stage, options):
        self._stage, self._seconds = stage, options.seconds
        self._ledger = Ledger()
        self._workers = Workers(stage)
        stage.closing(self._workers.kill_all)
        self._gateway = stage.gateway(
            self._workers.rows(), processes=2, policy="least_loaded", retry={"budget": 1},
            hedging={"percentile": 80},
            health={"kind": "http", "path": "/health", "interval": 0.1, "rise": 1, "fall": 2},
            ejection={"time": 0.2, "max_time": 1}, policy_limits={"memory_bytes": 8 * MEGABYTE})
        self._gateway.may_lose_processes = True
        self._mischief = Mischief(stage, self._gateway, self._workers, self._ledger, options.seed)
        self._dice = random.Random(f"{options.seed} run")
        self._gateway.start()
        self._crowd = Crowd(stage, self._gateway, self._ledger, options.seed, CLIENTS)
        self._files = {}
        self._sizes = {}

    def steps(self):
        """What happens, in order: each is a test of its own."""
        return [self.it_serves_before, self.it_goes_on_while_everything_goes_wrong,
                self.it_goes_on_while_a_proxy_stands_still,
                self.it_goes_on_while_workers_and_files_go_wrong, self.it_serves_as_before_after,
                self.every_request_is_accounted_for, self.nothing_was_executed_twice,
                self.nobody_died_but_by_our_hand, self.no_place_and_no_count_is_lost,
                self.no_descriptor_is_lost, self.no_memory_is_lost]

    def it_serves_before(self):
        self._workers.start()
        self._mischief.make_good()
        self._ask_calmly()
        self._files = self._least_open_files()
        self._sizes["supervisor"] = self._memory(self._gateway.pid())

    def it_goes_on_while_everything_goes_wrong(self):
        self._crowd.live_while(lambda: self._wreak(self._seconds * 0.5))
        self._mischief.make_good()

    def it_goes_on_while_a_proxy_stands_still(self):
        self._crowd.live_while(self._mischief.stop_proxy_for_good)

    def it_goes_on_while_workers_and_files_go_wrong(self):
        self._mischief.spares_processes = True
        self._crowd.live_while(lambda: self._wreak(self._seconds * 0.2))
        for kind in ("control", "proxy"):
            self._sizes.update({pid: self._memory(pid) for pid in self._gateway.pids(kind)})
        self._crowd.live_while(lambda: self._wreak(self._seconds * 0.3))
        self._mischief.make_good()

    def it_serves_as_before_after(self):
        self._ask_calmly()

    def every_request_is_accounted_for(self):
        same(self._ledger.unexplained()[:20], [], "requests whose end is not explained")

    def nothing_was_executed_twice(self):
        journals = [path.read_text() for path in self._workers.journals if path.exists()]
        same(self._ledger.executed_twice(journals)[:20], [], "POST requests that were sent twice")

    def nobody_died_but_by_our_hand(self):
        died = re.findall(r".*was killed by signal.*|.*exited with status.*",
                          self._gateway.messages())
        same(len(died), self._mischief.deaths, "deaths in the log:\n" + "\n".join(died))

    def no_place_and_no_count_is_lost(self):
        self._stage.until(lambda: set(self._gateway.inflight().values()) == {0},
                          lambda: f"nothing is in flight: {self._gateway.inflight()}")
        for name in ("requests_active", "requests_queued", "connections_open"):
            self._stage.until(lambda n=name: self._gateway.admin.metrics()[f"picket_{n}"] == 0,
                              lambda n=name: f"{n} is {self._gateway.status()['counters']}")

    def no_descriptor_is_lost(self):
        self._workers.kill_all()  # so that no connection to them lies idle
        self._stage.until(
            lambda: all(now <= before for now, before in zip(self._open_files(), self._files)),
            lambda: f"no descriptor but these: {self._files}\n{self._listing()}")

    def no_memory_is_lost(self):
        self._stage.need_plain_build()
        self._sizes[self._gateway.pid()] = self._sizes.pop("supervisor")
        for pid, before in self._sizes.items():
            grown = self._memory(pid) - before
            holds(grown < GROWTH, f"process {pid} has grown by {grown / MEGABYTE:.1f} MiB")

    # What the steps are made of.

    def _wreak(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._mischief.one()
            time.sleep(self._dice.random() / 5)

    def _ask_calmly(self):
        first = len(self._ledger.entries)
        self._crowd.ask_calmly(20)
        asked = list(self._ledger.entries.values())[first:]
        same([e for e in asked if e.outcome != "answered"][:20], [], "calm requests that failed")

    def _pids(self):
        return [self._gateway.pid(), *self._gateway.pids("control"), *self._gateway.pids("proxy")]

    def _open_files(self):
        return [self._gateway.open_files(pid) for pid in self._pids()]

    # While nobody is asked anything; checks come and go.
    def _least_open_files(self):
        self._workers.kill_all()
        self._stage.until(lambda: self._gateway.states() == ["down"] * len(STAYING),
                          "all workers are down")
        samples = [self._open_files() for _ in range(20)]
        self._workers.start()
        self._mischief.make_good()
        return [min(counts) for counts in zip(*samples)]

    def _listing(self):
        return self._stage.run("ls", "-l", *(f"/proc/{pid}/fd" for pid in self._pids()))

    @staticmethod
    def _memory(pid):
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def summary(self):
        """What was done, and what came of it."""
        deeds = self._mischief.deeds
        return ([f"{name}: {deeds.count(name)}" for name in sorted(set(deeds))]
                + [f"{outcome}: {count}" for outcome, count in self._ledger.counts().items()])


def perform(options):
    """True when all steps went well."""
    stage = Stage(options.picket, PATIENCE * options.patience)
    stage.transcript = Silence()
    failed = 0
    try:
        run = Run(stage, options)
        for step in run.steps():
            failed += not attempt(step)
        print("\n".join(f"# {line}" for line in run.summary()))
        failed += not attempt(stage.check)
        if failed:
            print(stage.story())
    finally:
        stage.take_down()
    return failed == 0


def attempt(step):
    """Run it and print its line; True when it went well."""
    name = step.__name__.replace("_", " ")
    try:
        step()
    except Skipped as reason:
        print(f"ok {name} # SKIP {reason}", flush=True)
        return True
    except Exception:  # all are told, and the next step may tell more
        print(f"not ok {name}\n{traceback.format_exc()}", flush=True)
        return False
    print(f"ok {name}", flush=True)
    return True


def main():
    """Read the options, run, and say with which seed."""
    parser = argparse.ArgumentParser(description="Let everything go wrong at once.")
    parser.add_argument("--picket", default=find_program(), help="the program (or PICKET)")
    parser.add_argument("--seconds", type=float, default=120, help="for so long, about")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--patience", type=float, default=1, help="factor on all deadlines")
    options = parser.parse_args()
    print(f"# seed {options.seed}", flush=True)
    return 0 if perform(options) else 1


if __name__ == "__main__":
    # The threads of a run that failed may still wait for what never comes.
    STATUS = main()
    sys.stdout.flush()
    os._exit(STATUS)
