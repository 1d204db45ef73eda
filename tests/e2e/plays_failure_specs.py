"""Picks that fail are written out as specs, which fail in the same way (failure_specs)."""

import re
import shlex
import shutil

from policies import picking
from wire import holds, same
from worker import hello



def failing(body):
    """A policy that fails for requests, though not in its trial."""
    return picking(f"if request.path:find('trial') then return workers[1] end\n{body}")


BY_CHANCE = failing("local n = math.random(1000)\nif n > 500 then error('drew ' .. n) end "
                    "return workers[1]")
# What is wrong, the policy, and what it is sent.
FAILURES = [
    ("an error", failing("error('oh no')"), ()),
    ("a mistyped field", failing("return workers[1].inflght > 0"), ()),
    ("a written field", failing("workers[1].inflight = 0"), ()),
    ("a missing colon", failing("local free = workers[1].is_free()"), ()),
    ("a wrong value", failing("return 'worker1'"), ()),
    ("an error that depends on a header",
     failing("error('for ' .. tostring(request:header('X-User')))"), ("X-User: \"ada\"\\",)),
    ("an error that depends on the request",
     failing("error(request.func .. #request.packages .. request.packages[1] .. request.path)"),
     ()),
    ("an error that depends on the workers",
     failing("error(workers[2].name .. workers[2].weight .. workers[1].capacity)"), ()),
    ("an endless loop", failing("while true do end"), ()),
    ("endless memory", failing("local t = {} while true do t = { t } end"), ()),
]


def _gateway(stage, text, **config):
    one, two = stage.worker(hello, "worker1"), stage.worker(hello, "worker2")
    (stage.folder / "specs").mkdir(exist_ok=True)
    gateway = stage.picket(
        {"url": one.url, "name": "worker1", "capacity": 3},
        {"url": two.url, "name": "worker2", "weight": 2.5},
        policy="./mine.lua", registry="r.json",
        files={"mine.lua": text, "r.json": '[{"handle": "f", "pkgs": ["numpy"]}]'},
        policy_limits={"failure_specs": str(stage.folder / "specs"), "memory_bytes": 2 ** 22},
        **config)
    return gateway


def _specs(stage):
    return sorted((stage.folder / "specs").iterdir())


def _run(stage, spec, status=1):
    """The spec's own words on how to run it, carried out."""
    command = shlex.split(re.search(r"(?m)^-- +(busted .*)$", spec.read_text())[1])
    stage.need(command[0])
    return stage.run(*command, status=status)


def _message(gateway):
    return gateway.status()["policy"]["last_error"]


def a_failed_pick_is_a_spec_that_fails_alike(stage):
    for name, text, headers in FAILURES:
        with stage.row(name):
            gateway = _gateway(stage, text)
            gateway.fetch("/run/f?x=%22", *headers)
            message = _message(gateway)
            spec, = _specs(stage)
            said = _run(stage, spec)
            holds(message in said, f"{message!r} is in {said!r}")
            spec.unlink()
            gateway.stop()


def a_failed_pick_may_depend_on_chance(stage):
    gateway = _gateway(stage, BY_CHANCE)
    for _ in range(40):
        gateway.fetch()
    holds(_message(gateway), "it failed once in forty times")
    spec, = _specs(stage)
    holds(re.search(r"(mine\.lua:\d+: drew \d+)", spec.read_text())[1] in _run(stage, spec),
          "the spec draws the same")


def a_policy_that_is_mended_passes_the_spec(stage):
    gateway = _gateway(stage, failing("return workers[1].inflght"))
    gateway.fetch()
    spec, = _specs(stage)
    gateway.write("mine.lua", picking("return workers[1]"))
    _run(stage, spec, status=0)


def each_failure_is_written_once(stage):
    gateway = _gateway(stage, failing("error(request.path)"), processes=2)
    for number in range(10):
        gateway.fetch(f"/run/f?{number}")
    same(len(_specs(stage)), 1, "specs")
    gateway.reload()
    gateway.fetch()
    same(len(_specs(stage)), 1, "specs after a reload")
    gateway.write("mine.lua", failing("error('else')"))
    gateway.reload()
    gateway.fetch()
    same(len(_specs(stage)), 2, "specs of two policies")


def a_folder_that_is_not_there_is_told(stage):
    gateway = stage.gateway(policy_limits={"failure_specs": "nowhere"})
    said = gateway.cli("check", status=1)
    holds(re.search(r"scheduler\.lua:\d+: policy_limits\.failure_specs names no folder: .*nowhere",
                    said), f"the message: {said!r}")


def a_folder_that_cannot_be_written_to_is_told(stage):
    gateway = _gateway(stage, failing("error('oh no')"))
    (stage.folder / "specs").rmdir()
    gateway.fetch()
    gateway.fetch()
    gateway.expect_message("cannot write the failed pick to .*No such file")
    (stage.folder / "specs").mkdir()


def another_user_writes_them_too(stage):
    stage.need_root()
    stage.folder.chmod(0o755)
    (stage.folder / "specs").mkdir()
    shutil.chown(stage.folder / "specs", "nobody")
    gateway = _gateway(stage, failing("error('oh no')"), user="nobody")
    gateway.fetch()
    spec, = _specs(stage)
    same(spec.owner(), "nobody", "who wrote it")
