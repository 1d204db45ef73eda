"""The trouble: one deed after the other, chosen by dice, and all of it made good in the end."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from wire import Mismatch, holds

WORKER = Path(__file__).resolve().parent / "worker_process.py"
STAYING = ("w1", "w2", "w3", "w4")
COMING = "w5"
CHECKED_WITHIN = 5  # seconds until checks must have seen that a worker is there again

POLICIES = {
    "spin.lua": "if request.func == 'f1' then while true do end end",
    "raise.lua": "if request.func == 'f2' then error('oh no') end",
    "hoard.lua": "if request.func == 'f3' then local t = {} while true do t[#t + 1] = {} end end",
}
GOOD = ["least_loaded", "round_robin", "random", "package_aware",
        {1: "hash", "key": "function"}, *(f"./{name}" for name in POLICIES)]
BAD = [{"policy": "./missing.lua"}, {"polisy": "random"}, {"processes": -1},
       {"policy": "./broken.lua"}, {"workers": [{"url": "nonsense"}]}]


class Workers:
    """Worker processes, each on a port of its own, alive or killed."""

    def __init__(self, stage):
        self._stage = stage
        self._processes = {}
        self.ports = {name: stage.port() for name in (*STAYING, COMING)}
        self.journals = [stage.folder / f"{name}.journal" for name in self.ports]

    def rows(self, **fields):
        """What a configuration says of those that stay."""
        return [{"name": name, "url": self.url(name), **fields} for name in STAYING]

    def url(self, name):
        """Where it listens."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, *names):
        """Those of them that are not there."""
        for name in names or self.ports:
            if name not in self._processes:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, str(WORKER), str(self.ports[name]), name,
                     str(self._stage.folder / f"{name}.journal")], stdin=subprocess.DEVNULL)

    def is_there(self, name):
        """It has not been killed."""
        return name in self._processes

    def signal(self, name, number):
        """Send one of those that are there a signal."""
        self._processes[name].send_signal(number)

    def kill(self, name):
        """Without a warning."""
        process = self._processes.pop(name, None)
        if process is not None:
            process.kill()
            process.wait()

    def kill_all(self):
        """Nobody is left."""
        for name in self.ports:
            self.kill(name)


class Mischief:
    """What happens to one gateway and its workers."""

    def __init__(self, stage, gateway, workers, ledger, seed):
        self._stage, self._gateway, self._workers = stage, gateway, workers
        self._ledger = ledger
        self._dice = random.Random(f"{seed} mischief")
        self.deaths = 0  # of processes of the gateway, by our hand
        self._drained, self._removed = set(), set()
        self._nobody = None  # open while no worker is left that could be up
        self.spares_processes = False
        self.deeds = []
        for name, body in POLICIES.items():
            gateway.write(name, "return { pick = function(request, workers)\n"
                          f"{body}\nreturn workers[1] end }}\n")
        gateway.write("broken.lua", "return { pick = function(\n")

    def one(self):
        """The next deed."""
        deeds = [self._kill_worker, self._revive_workers, self._change_membership,
                 self._reload_good, self._reload_bad, self._hup, self._stop_worker,
                 self._stop_proxy]
        if not self.spares_processes:
            deeds += [self._kill_proxy, self._kill_proxy, self._kill_control, self._upgrade,
                      self._kill_supervisor]
        deed = self._dice.choice(deeds)
        self.deeds.append(deed.__name__.strip("_"))
        deed()
        self._note_who_is_left()

    def _note_who_is_left(self):
        """While nobody is, it explains what is refused, and for a while after."""
        left = [name for name in STAYING if self._workers.is_there(name)
                and name not in self._drained and name not in self._removed]
        if not left and self._nobody is None:
            self._nobody = contextlib.ExitStack()
            self._nobody.enter_context(self._ledger.killing("worker", lasting=CHECKED_WITHIN))
        elif left and self._nobody is not None:
            self._nobody.close()
            self._nobody = None

    def make_good(self):
        """All workers are there again, and nothing is configured that fails."""
        self._workers.start()
        self._gateway.write_config(policy="least_loaded", workers=self._workers.rows())
        self._gateway.admin.ask("POST /workers/remove", {"name": COMING})
        self._gateway.reload()
        for name in STAYING:
            self._gateway.admin.expect(200, "POST /workers/undrain", {"name": name})
        self._drained.clear()
        self._removed.clear()
        self._note_who_is_left()
        self._stage.until(lambda: self._gateway.states() == ["up"] * len(STAYING),
                          lambda: f"all workers are up: {self._gateway.workers()}")

    # Workers.

    def _kill_worker(self):
        name = self._dice.choice(STAYING)
        with self._ledger.killing("worker", lasting=CHECKED_WITHIN):
            self._workers.kill(name)

    def _revive_workers(self):
        self._workers.start()

    def _stop_worker(self):
        """For a moment: what it has it answers late."""
        name = self._dice.choice(STAYING)
        if not self._workers.is_there(name):
            return
        with self._ledger.killing("worker", lasting=CHECKED_WITHIN):
            self._workers.signal(name, signal.SIGSTOP)
            time.sleep(self._dice.random())
            self._workers.signal(name, signal.SIGCONT)

    def _change_membership(self):
        verb, name = self._dice.choice([
            ("add", COMING), ("remove", COMING), ("remove", self._dice.choice(STAYING)),
            ("drain", self._dice.choice(STAYING)), ("undrain", self._dice.choice(STAYING)),
            ("weight", self._dice.choice(STAYING))])
        fields = {"name": name}
        if verb == "add":
            fields["url"] = self._workers.url(name)
        if verb == "weight":
            fields["weight"] = self._dice.choice([0.5, 1, 3])
        # It may have been the last one that was up.
        with self._ledger.killing("worker", lasting=CHECKED_WITHIN):
            status, text = self._gateway.admin.ask(f"POST /workers/{verb}", fields)
        holds(status in (200, 404, 409), f"{verb} {name}: {status} {text}")
        changed = {"drain": self._drained.add, "undrain": self._drained.discard,
                   "remove": self._removed.add}.get(verb)
        if status == 200 and changed:
            changed(name)

    # Reloads.

    def _change_config(self):
        self._gateway.write_config(policy=self._dice.choice(GOOD),
                                   workers=self._workers.rows(capacity=self._dice.choice([0, 4])))

    def _reload_good(self):
        self._change_config()
        self._gateway.reload()
        self._removed.clear()

    def _reload_bad(self):
        before = dict(self._gateway.config)
        self._gateway.write_config(**self._dice.choice(BAD))
        self._gateway.reload_refused()
        self._gateway.config = before
        self._gateway.write_config()

    def _hup(self):
        self._change_config()
        self._gateway.hup()
        self._removed.clear()

    # The gateway's own processes.

    def _kill_proxy(self):
        self._kill("proxy", self._dice.randrange(2))

    def _kill_control(self):
        self._kill("control", 0)

    def _stop_proxy(self):
        """For a moment: nothing is lost by that."""
        pid = self._pid("proxy", self._dice.randrange(2))
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self._dice.random() / 3)
        os.kill(pid, signal.SIGCONT)

    def stop_proxy_for_good(self):
        """Until it is replaced."""
        before = self._pid("proxy", 0)
        with self._ledger.killing("proxy"):
            os.kill(before, signal.SIGSTOP)
            self.deaths += 1
            self._stage.until(lambda: self._has_successor("proxy", 0, before), "it is replaced")

    def _upgrade(self):
        """Nobody is refused; who asks just when the old one closes its connection is cut."""
        with self._ledger.killing("upgrade"):
            self._gateway.upgrade().wait(self._stage.patience)
        self._removed.clear()

    def _kill_supervisor(self):
        """The others serve on until they are stopped, and then there is a new gateway."""
        self._gateway.signal(signal.SIGKILL)
        time.sleep(self._dice.random() / 3)
        with self._ledger.killing("gateway"):
            self._gateway.stop_alone()
            self._gateway.start()
        self._drained.clear()
        self._removed.clear()

    def _kill(self, kind, number):
        before = self._pid(kind, number)
        with self._ledger.killing(kind):
            os.kill(before, self._dice.choice([signal.SIGKILL, signal.SIGABRT]))
            self.deaths += 1
            self._stage.until(lambda: self._has_successor(kind, number, before),
                              f"{kind}/{number} has a successor")

    def _pid(self, kind, number):
        pid = self._gateway.pids(kind)[number]
        holds(pid, f"{kind}/{number} runs")  # a signal for process 0 is one for all of us
        return pid

    def _has_successor(self, kind, number, before):
        try:
            rows = [row for row in self._gateway.status()["processes"] if row["kind"] == kind]
        except (OSError, Mismatch):
            return False
        return rows[number]["pid"] not in (0, before) and bool(rows[number]["generation"])
