"""`picket lab`, `picket worker` and `picket replay` as one types them."""

import json

from wire import holds, same
from worker import answers

COMMANDS = ("compare", "sweep", "thesis", "bench", "list", "registry", "table")


def the_help_of_the_lab_fits_a_terminal(stage):
    rows = [("lab",), ("worker",), ("replay",), *(("lab", command) for command in COMMANDS)]
    for row in rows:
        with stage.row(" ".join(row)):
            text = stage.run(stage.program, *row, "--help")
            holds(text.startswith("usage: picket " + " ".join(row)), "it begins with the usage")
            same([line for line in text.splitlines() if len(line) > 80], [], "long lines")


def the_lab_says_what_is_missing_or_mistyped(stage):
    for words, message in (
            (("--policy", "nope"), "a command before --policy"),
            (("compaer",), 'did you mean "compare"'),
            (("compare", "--polcy", "x"), "--polcy")):
        with stage.row(" ".join(words)):
            holds(message in stage.run(stage.program, "lab", *words, status=2), message)


def a_replay_in_which_nothing_completes_has_no_latencies(stage):
    registry = stage.folder / "registry.json"
    registry.write_text('[{"handle": "f", "pkgs": []}]')
    worker = stage.worker(answers(500))
    command = (stage.program, "replay", "--target", worker.url, "--registry", str(registry),
               "--count", "3", "--rate", "1000")
    text = stage.run(*command)
    holds("3 sent, 0 completed, 3 failed" in text, "they failed")
    holds("mean -, p50 -" in text, "there is no latency")
    outcome = json.loads(stage.run(*command, "--json"))
    same((outcome["failed"], "mean_ms" in outcome), (3, False), "the same as JSON")
