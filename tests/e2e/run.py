#!/usr/bin/env python3
"""End-to-end plays: what picket promises, seen from outside.

    python3 tests/e2e/run.py [--picket PATH] [-j N] [--filter TEXT] [--list]

A play is a function of a stage in a plays_*.py, named by a promise that can be
false.  Each runs in a process of its own with a deadline.  A play that fails is
told with its transcript; the last line is "N passed, M failed".
"""

import argparse
import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
import traceback
from collections import Counter, deque
from pathlib import Path

from stage import Skipped, Stage, find_program

HERE = Path(__file__).resolve().parent
DEADLINE = 30  # seconds, unless the play says otherwise


class Overdue(Exception):
    """The play has not ended in its time."""


def find_plays(text):
    """The plays whose title contains the text, in the order of their files."""
    found = []
    for file in sorted(HERE.glob("plays_*.py")):
        module = importlib.import_module(file.stem)
        for name, play in vars(module).items():
            title = f"{file.stem[6:]}: {name}"
            if is_play(module, play) and text in title:
                found.append((title, play))
    return found


def is_play(module, thing):
    """A public function of the module itself whose only argument is the stage."""
    return (callable(thing) and getattr(thing, "__module__", "") == module.__name__
            and not thing.__name__.startswith("_") and hasattr(thing, "__code__")
            and thing.__code__.co_varnames[:thing.__code__.co_argcount] == ("stage",))


def perform(play, options, pipe):
    """In the play's own process: run it, take the stage down, tell how it went."""
    signal.signal(signal.SIGALRM, on_alarm)
    stage = Stage(options.picket, 10 * options.patience)
    outcome, text = attempt(stage, play, getattr(play, "deadline", DEADLINE) * options.patience)
    try:
        signal.alarm(20)
        stage.take_down()
    except BaseException:
        outcome, text = "failed", f"{text}\ntaking the stage down: {traceback.format_exc()}"
    pipe.send((outcome, text))
    pipe.close()
    os._exit(0)


def attempt(stage, play, seconds):
    """(outcome, text) of the play and of the checks after it."""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        play(stage)
        stage.check()
    except Skipped as reason:
        return "skipped", str(reason)
    except BaseException:
        signal.setitimer(signal.ITIMER_REAL, 0)
        return "failed", f"{stage.story()}\n{traceback.format_exc()}"
    return "passed", ""


def on_alarm(_number, _frame):
    raise Overdue("the play is overdue")


class Runner:
    """Runs plays in processes, so many at a time, and prints what went wrong."""

    def __init__(self, options):
        self.options = options
        self.outcomes = Counter()
        self._context = multiprocessing.get_context("fork")
        self._running = {}

    def run(self, plays):
        """All of them; true when none failed."""
        waiting = deque(plays)
        while waiting or self._running:
            while waiting and len(self._running) < self.options.jobs:
                self._start(*waiting.popleft())
            for pipe in multiprocessing.connection.wait(list(self._running)):
                self._finish(pipe)
        return not self.outcomes["failed"]

    def _start(self, title, play):
        reader, writer = self._context.Pipe(duplex=False)
        process = self._context.Process(target=perform, args=(play, self.options, writer))
        process.start()
        writer.close()
        self._running[reader] = (title, process, time.monotonic())

    def _finish(self, pipe):
        title, process, began = self._running.pop(pipe)
        try:
            outcome, text = pipe.recv()
        except EOFError:
            outcome, text = "failed", "the play's process died"
        process.join()
        self.outcomes[outcome] += 1
        seconds = time.monotonic() - began
        if outcome == "failed":
            print(f"\n=== {title} FAILED\n{text}")
        if outcome != "passed" or self.options.verbose:
            print(f"{outcome} {title} ({seconds:.1f} s) {text if outcome == 'skipped' else ''}")
        sys.stdout.flush()

    def summary(self):
        """The last line."""
        skipped = f", {self.outcomes['skipped']} skipped" if self.outcomes["skipped"] else ""
        return f"{self.outcomes['passed']} passed, {self.outcomes['failed']} failed{skipped}"


def read_options():
    parser = argparse.ArgumentParser(description="Run picket's end-to-end plays.")
    parser.add_argument("--picket", default=find_program(), help="the program (or PICKET)")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="plays at a time")
    parser.add_argument("--filter", default="", help="only plays whose title contains this")
    parser.add_argument("--patience", type=float, default=1, help="factor on all deadlines")
    parser.add_argument("--list", action="store_true", help="say which plays there are")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for every play")
    return parser.parse_args()


def main():
    options = read_options()
    options.picket = str(Path(options.picket).resolve())
    plays = find_plays(options.filter)
    if options.list:
        print("\n".join(title for title, _ in plays))
        return 0
    if not os.access(options.picket, os.X_OK):
        print(f"run.py: no program at {options.picket}: build it, or say --picket PATH",
              file=sys.stderr)
        return 2
    runner = Runner(options)
    went_well = runner.run(plays)
    print(runner.summary())
    return 0 if went_well else 1


if __name__ == "__main__":
    sys.exit(main())
