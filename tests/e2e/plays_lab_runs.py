"""Runs of the lab that take a while: interrupted, on a terminal, and from a gateway's own log."""

import json
import os
import pty
import signal
import subprocess

from wire import holds, same
from worker import by_hand, hello


def _catches_interrupts(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        caught = next(line.split()[1] for line in file if line.startswith("SigCgt:"))
    return int(caught, 16) >> (signal.SIGINT - 1) & 1


def _interrupt(stage, *command):
    """Its exit code, and what it wrote, after SIGINT in the midst of its work."""
    process = stage.daemon(*command)
    stage.until(lambda: _catches_interrupts(process), "it is ready to be interrupted")
    process.send_signal(signal.SIGINT)
    code = process.wait(stage.patience)
    return code, (stage.folder / "picket.log").read_text()


def an_interrupted_comparison_shows_what_it_has(stage):
    code, text = _interrupt(stage, stage.program, "lab", "compare", "--preset", "scale",
                            "--policy", "random", "--policy", "round_robin", "--seeds", "100")
    same(code, 130, "exit code")
    holds("interrupted" in text, "it says that it was interrupted")
    holds(any(line.startswith("random ") for line in text.splitlines()), "there is a table")


# Compiled by the time that it does not end; interpreted; and within the library.
LOOPS = (
    ("compare", "mine.lua:2: pick", """local picks = 0
return { pick = function(_, workers)
    picks = picks + 1
    while picks > 1000 do
    end
    return workers[1]
end }"""),
    ("bench", "mine.lua:1: loading it", "repeat until false"),
    ("sweep", "mine.lua:1: start", """return { start = function(options)
    local text = ("a"):rep(200 + options.length)
    return text:find((".-"):rep(30) .. "b")
end, pick = print }"""),
)


def a_policy_that_does_not_return_ends_the_lab(stage):
    policy = stage.folder / "mine.lua"
    for command, place, source in LOOPS:
        with stage.row(place):
            policy.write_text(source)
            vary = ("--vary", "length=1") if command == "sweep" else ()
            text = stage.run(stage.program, "lab", command, "--policy", str(policy), *vary,
                             status=1)
            holds(f"{place} did not return" in text, f"it names the function: {text}")


def an_interrupted_replay_shows_what_it_has(stage):
    worker = stage.worker(by_hand)
    registry = stage.folder / "registry.json"
    registry.write_text('[{"handle": "f", "pkgs": []}]')
    process = stage.daemon(stage.program, "replay", "--target", worker.url, "--registry",
                           str(registry), "--count", "3", "--rate", "0.01")
    worker.call().answer(200, "")
    process.send_signal(signal.SIGINT)
    same(process.wait(stage.patience), 130, "exit code")
    text = (stage.folder / "picket.log").read_text()
    holds("interrupted" in text and "1 sent" in text, f"the outcome is partial: {text}")


def a_terminal_shows_when_a_run_will_be_over(stage):
    ours, theirs = pty.openpty()
    with subprocess.Popen([stage.program, "lab", "compare", "--preset", "azure2021"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=theirs) as process:
        seen = b""
        while b"ETA" not in seen:
            seen += os.read(ours, 4096)
        process.kill()
    os.close(ours)
    os.close(theirs)


def an_access_log_tells_what_another_policy_would_have_done(stage):
    for kind in ("text", "json"):
        with stage.row(kind):
            file = stage.folder / f"{kind}.log"
            gateway = stage.picket(stage.worker(hello), log={"access": kind,
                                                             "access_file": str(file)})
            client = gateway.connect()
            for name in ("resize", "resize", "encode", "resize"):
                client.request("POST", f"/run/{name}", [], b"{}")
                client.expect(200)
            stage.until(lambda: file.exists() and len(file.read_text().splitlines()) == 4,
                        "all are in the log")
            outcome = stage.folder / f"{kind}-outcome.json"
            stage.run(stage.program, "lab", "compare", "--trace", str(file), "--preset",
                      "azure2021", "--policy", "least_loaded", "--policy", "hash", "--seeds", "2",
                      "--json", str(outcome))
            policies = json.loads(outcome.read_text())["policies"]
            same([row["policy"] for row in policies], ["least_loaded", "hash"], "policies")
            for row in policies:
                same([(run["sent"], run["completed"]) for run in row["runs"]], [(4, 4)] * 2,
                     "requests")
