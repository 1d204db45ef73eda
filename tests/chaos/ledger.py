"""Every request by its id: what was asked, what came of it, and whether that is explained.

A request is *answered* with its own answer, *refused* by the gateway with a
reason, *cut*, *unserved* because the one before it ended the connection, or its
client has *left*.  Refused and cut need an explanation: what the request told
its worker to do, or a process that was killed meanwhile.
"""

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass

# What the gateway may say while its workers die.
REASONS = {
    (502, "cannot connect to a worker"),
    (502, "the worker closed the connection"),
    (502, "the worker's answer is malformed"),
    (503, "no worker is up"),
}


@dataclass
class Entry:
    """One request: times are of time.monotonic()."""

    name: str
    method: str
    deed: str
    since: float  # when its connection was last known to be well
    outcome: str = "unknown"
    detail: object = None
    ended: float = 0


class Ledger:
    """Entries and deeds, written by many threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self.entries = {}
        self.kills = []  # (kind, from, to): when a death may be felt

    def enter(self, entry):
        """A request is about to be sent."""
        with self._lock:
            self.entries[entry.name] = entry
        return entry

    def close(self, entry, outcome, detail=None):
        """What came of it."""
        entry.outcome, entry.detail, entry.ended = outcome, detail, time.monotonic()

    @contextlib.contextmanager
    def killing(self, kind, lasting=0):
        """One of this kind dies meanwhile, which may be felt for so many seconds after."""
        kill = [kind, time.monotonic(), float("inf")]
        self.kills.append(kill)
        yield
        kill[2] = time.monotonic() + lasting

    def is_gone(self):
        """There is no gateway at present."""
        now = time.monotonic()
        return any(kind == "gateway" and began <= now <= end for kind, began, end in self.kills)

    def counts(self):
        """How many came to which end."""
        return Counter(entry.outcome for entry in self.entries.values())

    def unexplained(self):
        """One line for each entry that ended as it should not."""
        return [f"{entry}: {why}" for entry in self.entries.values()
                if (why := self._complaint(entry))]

    def _killed(self, kind, entry):
        return any(kind == victim and entry.since <= end and began <= entry.ended
                   for victim, began, end in self.kills)

    def _complaint(self, entry):
        return {
            "answered": self._answered,
            "refused": self._refused,
            "cut": self._cut,
            "unserved": lambda entry: None,
            "left": lambda entry: None,
        }.get(entry.outcome, lambda entry: "nobody knows what became of it")(entry)

    def _answered(self, entry):
        expected = {"fail": 500, "full": 429}.get(entry.deed, 200)
        if entry.deed in ("reset", "half", "rubbish"):
            return "no worker could have answered this"
        return None if entry.detail == expected else f"{expected} was its answer"

    def _refused(self, entry):
        if entry.detail not in REASONS:
            return "not a reason that this run gives"
        told = entry.deed in ("reset", "rubbish")
        return None if told or self._killed("worker", entry) else "no worker failed meanwhile"

    def _cut(self, entry):
        if self._killed("proxy", entry):
            return None
        if entry.detail is None and (self._killed("upgrade", entry)
                                     or self._killed("gateway", entry)):
            return None  # nothing had come of it when its connection was closed
        if entry.deed == "half" or (entry.detail == "begun" and self._killed("worker", entry)):
            return None
        return "no process was killed meanwhile"

    def executed_twice(self, journals):
        """Requests that may be sent only once, and that workers have read more than once."""
        read = Counter(line for journal in journals for line in journal.splitlines())
        return [line for line, count in read.items() if count > 1
                and self.entries[line.split()[0]].method == "POST" and " full" not in line]
