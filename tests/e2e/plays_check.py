"""`picket check`: what is wrong with a configuration, where, and what to do about it."""

import json
import re

from policies import FIRST
from stage import deadline
from wire import holds, same
from worker import hello

# What is wrong, the file, the line, and what the message says of it.
BAD = [
    ("a syntax error", "return {\n  listen = \n}", r"\d", ""),
    ("an error", "error('oh no')", 1, r"oh no"),
    ("no return", "{\n listen = 1 }", 1, r"begins with: return"),
    ("a missing comma", "return {\n  processes = 1\n  workers = {} }", 3, r"is a comma missing\?"),
    ("options outside of the table", "processes = 2", 1, r"return \{ processes = "),
    ("an unknown key", "return {\n  wrokers = {},\n}", 2, r"wrokers.*workers"),
    ("an unknown key in a section", "return {\n  timeouts = {\n    conect = 1 },\n}",
     3, r"conect.*connect"),
    ("an unknown key of a worker", 'return { workers = {\n  { url = "http://h", wieght = 1 } } }',
     2, r"wieght.*weight"),
    ("a wrong type", "return {\n  timeouts = { head = true },\n}", 2, r"head"),
    ("a section that is no table", "return {\n  timeouts = 3,\n}", 2, r"timeouts"),
    ("a negative time", "return {\n  timeouts = { head = -1 },\n}", 2, r"head"),
    ("no number", "return { timeouts = { head = 0/0 } }", 1, r"head"),
    ("an endless time", "return { timeouts = { head = math.huge } }", 1, r"head"),
    ("a limit beyond its range", "return { limits = { headers = 0 } }", 1, r"headers"),
    ("half a connection", "return { limits = { connections = 1.5 } }", 1, r"connections"),
    ("processes out of range", "return { processes = 1000 }", 1, r"processes"),
    ("processes that are a word", 'return { processes = "many" }', 1, r"processes"),
    ("an address without a port", 'return { listen = "127.0.0.1" }', 1, r"listen"),
    ("a name to listen on", 'return { listen = "example.org:80" }', 1, r"listen"),
    ("a port beyond 65535", 'return { listen = "127.0.0.1:70000" }', 1, r"listen"),
    ("an admin address for everybody", 'return { admin = "0.0.0.0:9079" }', 1, r"admin"),
    ("an admin address that clients use",
     'return { listen = "127.0.0.1:9080", admin = "127.0.0.1:9080" }', 1, r"admin"),
    ("a worker twice", 'return { workers = {\n  "http://h:1",\n  "http://h:1",\n} }', 3, r"h:1"),
    ("a name twice", 'return { workers = {\n  { url = "http://h:1", name = "a" },\n'
     '  { url = "http://h:2", name = "a" },\n} }', 3, r"a"),
    ("a worker over TLS", 'return { workers = { "https://h:1" } }', 1, r"https"),
    ("a worker without a URL", "return { workers = { { weight = 2 } } }", 1, r"url"),
    ("a worker with a path", 'return { workers = { "http://h:1/x" } }', 1, r"h:1/x"),
    ("a worker of no weight", 'return { workers = { { url = "http://h", weight = 0 } } }',
     1, r"weight"),
    ("a route without a slash", 'return { routes = { { prefix = "run" } } }', 1, r"prefix"),
    ("a policy that is not installed", 'return { policy = "least_laoded" }', 1, r"least_laoded"),
    ("a policy that is not there", 'return { policy = "./none.lua" }', 1, r"none\.lua"),
    ("a registry that is not there", 'return { registry = "none.json" }', 1, r"none\.json"),
    ("an unknown choice", 'return { unknown_function = "ignore" }',
     1, r"unknown_function.*(forward|reject)"),
    ("two mistakes", "return {\n  wrokers = {},\n  timeouts = { head = true },\n}",
     2, r"(?s:.*)scheduler\.lua:3: "),
]

POLICIES = [
    ("a syntax error", "return {\n  pick = \n}", r"mine\.lua:3: "),
    ("no table", "return 42", r"mine\.lua:"),
    ("no pick", "return {}", r"mine\.lua:.*pick"),
    ("a pick that is no function", "return { pick = 1 }", r"mine\.lua:.*pick"),
    ("an error while loading", "\nerror('oh no')", r"mine\.lua:2: .*oh no"),
    ("an error in start",
     "return { start = function()\n error('oh no') end, pick = function() end }",
     r"mine\.lua:2: .*oh no"),
    ("an error in pick", "return { pick = function()\n error('oh no') end }",
     r"mine\.lua:2: .*oh no"),
    ("a pick that answers nonsense", "return { pick = function() return 'worker1' end }",
     r"mine\.lua:.*pick"),
    ("a module that is not there", 'local x = require("picket.none")',
     r"mine\.lua:1: .*picket\.none"),
    ("bytecode", "\x1bLJ\x02", r"mine\.lua: .*source text"),
]

REGISTRIES = [
    ("no JSON", "[{", r"r\.json:"),
    ("nothing", "", r"r\.json:"),
    ("a number", "42", r"r\.json:"),
    ("a list of names", '["a", "b"]', r"r\.json:"),
    ("no handle", '[{"pkgs": []}]', r"r\.json:"),
    ("a handle that is a number", '[{"handle": 1, "pkgs": []}]', r"r\.json:"),
    ("packages that are a text", '[{"handle": "f1", "pkgs": "numpy"}]', r"r\.json:.*f1"),
    ("a package that is a number", '[{"handle": "f1", "pkgs": [1]}]', r"r\.json:.*f1"),
    ("a function twice", '[{"handle": "f1", "pkgs": []}, {"handle": "f1", "pkgs": []}]',
     r"r\.json:.*f1"),
    ("a function twice in an object", '{"packages": {}, "functions": {"f1": [], "f1": []}}',
     r"r\.json:.*f1"),
    ("an unknown package", '{"packages": {"a": 1}, "functions": {"f1": ["b"]}}',
     r"r\.json:.*(f1|b)"),
    ("a size that is a text", '{"packages": {"a": "big"}, "functions": {}}', r"r\.json:.*a"),
    ("a negative size", '{"packages": {"a": -1}, "functions": {}}', r"r\.json:.*a"),
    ("no functions", '{"packages": {"a": 1}}', r"r\.json:.*functions"),
    ("deep nesting", "[" * 100000, r"r\.json:"),
    ("rubbish behind", '[] x', r"r\.json:"),
]


def _check(stage, files, status):
    folder = stage.folder / "checked"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return stage.run(stage.program, "check", "-c", str(folder / "scheduler.lua"), status=status)


def _refuses(stage, files, pattern):
    text = _check(stage, files, 1)
    holds(re.search(pattern, text), f"{pattern} is in {text!r}")
    for line in text.splitlines():
        holds(line.startswith("picket: "), f"the line begins with the program: {line!r}")


def a_bad_configuration_is_told_with_its_line(stage):
    for name, text, line, words in BAD:
        with stage.row(name):
            _refuses(stage, {"scheduler.lua": text}, rf"scheduler\.lua:{line}: .*{words}")


def a_bad_policy_is_told_with_its_line(stage):
    for name, text, pattern in POLICIES:
        with stage.row(name):
            files = {"scheduler.lua": 'return { policy = "./mine.lua" }', "mine.lua": text}
            _refuses(stage, files, pattern)


def a_bad_registry_is_told_with_its_entry(stage):
    for name, text, pattern in REGISTRIES:
        with stage.row(name):
            files = {"scheduler.lua": 'return { registry = "r.json" }', "r.json": text}
            _refuses(stage, files, pattern)


def what_is_no_configuration_is_told(stage):
    for text, words in (("return 42", "table"), ("return", "table"), ("", "table"),
                        ("\x1bLJ\x02", "source text")):
        with stage.row(text):
            _refuses(stage, {"scheduler.lua": text}, rf"scheduler\.lua: .*{words}")


@deadline(90)
def what_does_not_end_is_told(stage):
    stage.patience *= 2
    endless = "while true do end"
    with stage.row("configuration"):
        _refuses(stage, {"scheduler.lua": endless}, r"scheduler\.lua: ")
    for text in (endless, "return { pick = function() while true do end end }",
                 "return { start = function() while true do end end, pick = function() end }"):
        with stage.row(text):
            files = {"scheduler.lua": 'return { policy = "./mine.lua" }', "mine.lua": text}
            _refuses(stage, files, r"mine\.lua:")


def a_good_configuration_passes(stage):
    _check(stage, {
        "scheduler.lua": 'return { policy = { "./mine.lua", x = 1 }, registry = "r.json", '
                         'workers = { "http://h:1", { url = "http://h:2", weight = 2.5 } } }',
        "mine.lua": "return { start = function(options) assert(options.x == 1) end, "
                    "pick = function(_, workers) return workers[1] end }",
        "r.json": json.dumps([{"handle": "f", "pkgs": ["numpy"]}]),
    }, 0)


def every_installed_policy_passes(stage):
    for policy in ("round_robin", "random", "least_loaded", "package_aware", "ip_hash", "hash"):
        with stage.row(policy):
            workers = 'workers = { "http://h:1", "http://h:2", "http://h:3" }'
            text = _check(stage, {"scheduler.lua": f'return {{ policy = "{policy}", {workers} }}'}, 0)
            holds("warning" not in text, f"there is no warning: {text!r}")


def a_wrong_option_of_an_installed_policy_is_told(stage):
    for text in ('{ "least_loaded", tise = "first" }', '{ "least_loaded", ties = "last" }',
                 '{ "package_aware", load_threshold = "high" }', '{ "hash", key = 3 }'):
        with stage.row(text):
            files = {"scheduler.lua": f"return {{\n  policy = {text} }}"}
            _refuses(stage, files, r"picket: .*/scheduler\.lua:2: options of ")


def options_that_nobody_reads_are_told(stage):
    files = {"scheduler.lua": 'return {\n  policy = { "./mine.lua",\n  limit = 3 } }',
             "mine.lua": FIRST}
    _refuses(stage, files, r'scheduler\.lua:3: options of mine: "limit" is given')


DOUBTFUL = [
    ("a pick that decides by a header", "return { pick = function(request, workers) "
     "return request:header('X-Big') and workers[1] end }", "pick returned nil for the function"),
    ("a function that is never called", "return { pick = function(_, workers) return workers[1] "
     "end, chagned = function() end }", "chagned; did you mean \"changed\""),
]


def what_is_doubtful_is_a_warning(stage):
    for name, text, words in DOUBTFUL:
        with stage.row(name):
            files = {"scheduler.lua": 'return { policy = "./mine.lua" }', "mine.lua": text}
            said = _check(stage, files, 0)
            holds(re.search(rf"mine\.lua: warning: .*{words}", said), f"the warning: {said!r}")
            holds("is good" in said, f"the summary: {said!r}")


def a_registry_without_functions_is_doubtful(stage):
    for text in ("[]", "{}", '{"packages": {}, "functions": {}}'):
        with stage.row(text):
            files = {"scheduler.lua": 'return {\n registry = "r.json" }', "r.json": text}
            said = _check(stage, files, 0)
            holds("scheduler.lua:2: warning: registry has no functions" in said,
                  f"the warning: {said!r}")
    files["scheduler.lua"] = 'return { registry = "r.json", unknown_function = "forward" }'
    holds("warning" not in _check(stage, files, 0), "no warning where unknown ones are forwarded")
    gateway = stage.picket(stage.worker(hello))
    gateway.write("r.json", "[]")
    gateway.write_config(registry="r.json")
    holds("no functions" in " ".join(gateway.reload()["warnings"]), "a reload warns as well")


def an_access_log_that_is_not_written_is_doubtful(stage):
    files = {"scheduler.lua": 'return { log = {\n access_file = "a.log" } }'}
    said = _check(stage, files, 0)
    holds("scheduler.lua:2: warning: log.access_file stays empty" in said, f"the warning: {said!r}")
    files["scheduler.lua"] = 'return { log = { access = "text", access_file = "a.log" } }'
    holds("warning" not in _check(stage, files, 0), "no warning where it is written")


def workers_of_one_place_leave_no_doubt(stage):
    files = {"scheduler.lua": 'return { policy = "least_loaded", workers = {\n'
             '    { url = "http://127.0.0.1:1", capacity = 1 },\n'
             '    { url = "http://127.0.0.1:2", capacity = 1 } } }'}
    said = _check(stage, files, 0)
    holds("warning" not in said, f"there is no warning: {said!r}")


def a_reload_tells_what_is_doubtful(stage):
    gateway = stage.picket(policy="./mine.lua", files={"mine.lua": FIRST})
    gateway.write("mine.lua", DOUBTFUL[0][1])
    outcome = gateway.reload()
    same(outcome["ok"], True, "ok")
    holds("pick returned nil" in " ".join(outcome["warnings"]), f"the warnings: {outcome}")
    gateway.expect_message("warn: .*pick returned nil")
    holds("warning: pick" in gateway.cli("reload"), "the command tells it too")


def a_user_that_is_not_there_is_told(stage):
    _refuses(stage, {"scheduler.lua": 'return {\n user = "nobdy" }'},
             r'scheduler\.lua:2: user cannot be "nobdy": there is no such user')


def logs_and_specs_that_cannot_be_written_are_told(stage):
    stage.need_root()
    stage.folder.chmod(0o755)
    closed, taken = stage.folder / "closed", stage.folder / "taken"
    closed.mkdir(mode=0o700)
    taken.touch(mode=0o600)
    for name, option, path, why in (
            ("a folder that is not there", "log.file", stage.folder / "none/log",
             "No such file or directory; make its folder first"),
            ("a folder", "log.file", closed, "Is a directory; name a file in it"),
            ("a folder for an access log", "log.access_file", closed, "Is a directory"),
            ("a folder that is closed", "log.file", closed / "log", "Permission denied"),
            ("a file of another", "log.file", taken,
             "Permission denied; give it to that user, or name another"),
            ("an access log", "log.access_file", taken, "Permission denied"),
            ("a folder for specs", "policy_limits.failure_specs", closed, "Permission denied")):
        with stage.row(name):
            section, key = option.split(".")
            switch = 'access = "text", ' if section == "log" else ""
            text = f'return {{ user = "nobody",\n{section} = {{ {switch}{key} = "{path}" }} }}'
            _refuses(stage, {"scheduler.lua": text}, rf"scheduler\.lua:2: {option}: user nobody "
                                                     rf"cannot write {path}: {why}")
    same(list(closed.iterdir()), [], "what the check left behind")


def files_that_the_user_cannot_read_are_told(stage):
    stage.need_root()
    stage.folder.chmod(0o755)
    closed = stage.folder / "closed"
    closed.mkdir(mode=0o700)
    for name, text in (("mine.lua", FIRST), ("r.json", '[{"handle": "f"}]'), ("token", "t" * 16)):
        (closed / name).write_text(text)
    for name, option, text in (
            ("a policy", "policy", f'policy = "{closed}/mine.lua"'),
            ("a registry", "registry", f'registry = "{closed}/r.json"'),
            ("a token", "admin.token_file",
             f'admin = {{ listen = "127.0.0.1:1", token_file = "{closed}/token" }}')):
        with stage.row(name):
            _refuses(stage, {"scheduler.lua": f'return {{ user = "nobody",\n{text} }}'},
                     rf"scheduler\.lua:2: {option}: user nobody cannot read {closed}/\S+: "
                     "Permission denied; let that user read it, or put it elsewhere")
    with stage.row("the configuration, at a start as well"):
        gateway = stage.gateway(user="nobody")
        gateway.file.chmod(0o600)
        for command in ("check", "run"):
            said = stage.run(stage.program, command, "-c", str(gateway.file), status=1)
            holds(re.search(rf"scheduler\.lua:\d+: user: user nobody cannot read {gateway.file}: "
                            "Permission denied", said), f"{command} says: {said!r}")


def relative_paths_are_relative_to_their_file(stage):
    (stage.folder / "checked" / "deep").mkdir(parents=True)
    _check(stage, {
        "scheduler.lua": 'return { policy = "./deep/mine.lua", registry = "deep/r.json" }',
        "deep/mine.lua": FIRST,
        "deep/r.json": "[]",
    }, 0)


def a_configuration_that_is_not_there_is_told(stage):
    text = stage.run(stage.program, "check", "-c", str(stage.folder / "none.lua"), status=1)
    holds("none.lua" in text, f"the message names the file: {text!r}")


def run_refuses_what_check_refuses(stage):
    gateway = stage.gateway()
    gateway.file.write_text("return { wrokers = {} }")
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds(re.search(r"scheduler\.lua:1: .*wrokers", text), f"file, line and key: {text!r}")


def a_configuration_that_exits_is_not_taken_for_good(stage):
    _refuses(stage, {"scheduler.lua": "\nos.exit(0)"}, r"scheduler\.lua:2: a configuration cannot")


def the_check_needs_no_free_port(stage):
    gateway = stage.picket()
    gateway.cli("check")


WRONG_USAGE = [
    (), ("frobnicate",), ("run", "--frobnicate"), ("run", "-c"), ("check", "surplus"), ("-x",),
    ("workers", "frobnicate"), ("workers", "remove"), ("workers", "weight", "w"),
    ("workers", "weight", "w", "-1"), ("workers", "add", "h:1"), ("help", "frobnicate"),
    ("worker", "--ports", "1"), ("worker", "--port"), ("worker", "1"), ("replay", "-tx"),
    ("lab", "compare", "mine.lua"),
]


def wrong_usage_is_exit_code_2(stage):
    for words in WRONG_USAGE:
        with stage.row(" ".join(words) or "nothing"):
            text = stage.run(stage.program, *words, status=2)
            holds(text.startswith("picket: " if words else "usage: picket "),
                  f"who says so, and something helpful: {text!r}")
    holds('unknown option "-d"' in stage.run(stage.program, "check", "-dx", status=2),
          "it is the first letter that is unknown")


COMMANDS = ("run", "check", "status", "reload", "upgrade", "stop", "workers", "worker", "replay",
            "lab")


def help_and_version_are_exit_code_0(stage):
    for words in (["--help"], ["help"], ["-h"]):
        with stage.row(words[0]):
            text = stage.run(stage.program, *words)
            for command in COMMANDS:
                holds(f"\n  {command} " in text, f"the help names {command}")
            holds("picket --version" in text, "the help names --version")
    for command in COMMANDS:
        with stage.row(command):
            text = stage.run(stage.program, command, "--help")
            holds(text.startswith(f"usage: picket {command} "), f"its usage: {text!r}")
            same(stage.run(stage.program, "help", command), text, "the same help")
    version = stage.run(stage.program, "--version")
    holds(re.search(r"picket \d+\.\d+", version), f"there is a version: {version!r}")
