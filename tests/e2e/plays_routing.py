"""Routes, functions and the registry: where a request belongs, or that it is not found."""

import json

from stage import deadline
from wire import holds, same
from worker import answers, hello

OLSCHEDULER = json.dumps([{"handle": "resize", "pkgs": ["pillow", "numpy"]},
                          {"handle": "hello", "pkgs": []}])
SIZED = json.dumps({"packages": {"numpy": 1000, "pillow": 9000},
                    "functions": {"resize": ["numpy", "pillow"], "hello": []}})


def _target(stage, target, **config):
    """The target that a worker sees for this one."""
    worker = stage.worker()
    gateway = stage.picket(worker, **config)
    client = gateway.connect()
    client.get(target)
    call = worker.call()
    call.answer()
    client.expect(200)
    return call.target


def a_path_without_a_route_is_404(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for target in ("/", "/ru", "/run", "/runs/f", "/RUN/f", "/runlambda/f", "/x/run/f", "/?/run/f"):
        with stage.row(target):
            gateway.fetch(target, status=404).error()
    worker.saw(0)


def a_path_without_a_function_is_404(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker)
    for target in ("/run/", "/run//f", "/run/?f", "/runLambda/"):
        with stage.row(target):
            gateway.fetch(target, status=404).error()
    worker.saw(0)


def a_404_keeps_the_connection(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.get("/nowhere")
    client.expect(404)
    client.get()
    client.expect(200)


def a_404_skips_the_body_that_came_with_it(stage):
    gateway = stage.picket(stage.worker(hello))
    client = gateway.connect()
    client.post("/nowhere", b"GET /run/smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
    client.expect(404)
    client.get()
    client.expect(200)


def the_rest_of_the_path_and_the_query_travel(stage):
    target = "/run/f/a%2Fb//c/?x=1&y=%20?z=/#".rstrip("#")
    same(_target(stage, target), target, "target at the worker")


def a_query_right_behind_the_function_travels(stage):
    same(_target(stage, "/run/f?x=1"), "/run/f?x=1", "target at the worker")


def run_lambda_is_run_by_default(stage):
    same(_target(stage, "/runLambda/f/rest?q"), "/run/f/rest?q", "target at the worker")


def a_route_may_forward_elsewhere(stage):
    routes = [{"prefix": "/run/"}, {"prefix": "/call/", "forward": "/run/"}]
    same(_target(stage, "/call/f/g?x=1", routes=routes), "/run/f/g?x=1", "target")


def the_longest_prefix_wins(stage):
    routes = [{"prefix": "/a/", "forward": "/short/"}, {"prefix": "/a/b/", "forward": "/long/"}]
    same(_target(stage, "/a/b/f", routes=routes), "/long/f", "target")


def an_absolute_target_is_routed_by_its_path(stage):
    same(_target(stage, "http://picket.test/run/f?x=1"), "/run/f?x=1", "target at the worker")


def a_listed_function_is_served(stage):
    for text in (OLSCHEDULER, SIZED):
        gateway = stage.picket(stage.worker(hello), registry="functions.json",
                               files={"functions.json": text})
        gateway.fetch("/run/resize")
        gateway.fetch("/run/hello/deep?er")


def an_unknown_function_is_404(stage):
    worker = stage.worker(hello)
    gateway = stage.picket(worker, registry="functions.json", files={"functions.json": SIZED})
    for target in ("/run/resiz", "/run/resize2", "/run/Resize", "/run/numpy"):
        with stage.row(target):
            gateway.fetch(target, status=404).error()
    worker.saw(0)


def an_unknown_function_may_be_forwarded(stage):
    gateway = stage.picket(stage.worker(hello), registry="functions.json",
                           unknown_function="forward", files={"functions.json": SIZED})
    gateway.fetch("/run/unheard-of")


@deadline(90)
def a_hundred_thousand_functions_fit(stage):
    stage.need_plain_build()
    stage.patience *= 3
    functions = [{"handle": f"function-{n}", "pkgs": [f"large-{n % 997}", f"small-{n % 13}"]}
                 for n in range(100000)]
    gateway = stage.picket(stage.worker(hello), registry="r.json", processes=2,
                           files={"r.json": json.dumps(functions)})
    for name in ("function-0", "function-77777", "function-99999"):
        gateway.fetch(f"/run/{name}")
    gateway.fetch("/run/function-100000", status=404)
    for pid in gateway.pids("proxy"):
        size = gateway.peak_memory(pid)
        holds(size < 60 << 20, f"a proxy needs less than 60 MiB: {size}")


def the_policy_sees_function_packages_and_path(stage):
    policy = """return { pick = function(request, workers)
        local packages = table.concat(request.packages, "+")
        local seen = request.func .. " " .. packages .. " " .. request.method .. " " .. request.path
        return workers[seen == request:header("X-Expected") and 2 or 1]
    end }"""
    for text in (OLSCHEDULER, SIZED):
        gateway = stage.picket(stage.worker(hello, "wrong"), stage.worker(hello, "right"),
                               registry="functions.json", policy="./check.lua",
                               files={"functions.json": text, "check.lua": policy})
        for target, seen in (("/run/resize/a?b", "resize pillow+numpy GET /run/resize/a?b"),
                             ("/run/hello", "hello  GET /run/hello")):
            same(gateway.fetch(target, f"X-Expected: {seen}").body, b"right", "who answered")


def without_workers_everything_is_503(stage):
    gateway = stage.picket()
    gateway.fetch(status=503).error()


def errors_of_workers_are_not_errors_of_ours(stage):
    gateway = stage.picket(stage.worker(answers(404, "mine")))
    same(gateway.fetch(status=404).body, b"mine", "body")


def a_function_may_have_a_long_name(stage):
    target = "/run/" + "x" * 1000
    holds(_target(stage, target) == target, "it reaches the worker as it is")
