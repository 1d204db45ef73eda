"""Policies of the plays' own, as Lua text."""

# The first worker, in their order, that is free.
FIRST = """
return {
    pick = function(_, workers)
        for _, worker in ipairs(workers) do
            if worker:is_free() then return worker end
        end
    end,
}
"""

# The worker that the client names in a header; else the first.
NAMED = """
return {
    pick = function(request, workers)
        for _, worker in ipairs(workers) do
            if worker.name == request:header("X-Worker") then return worker end
        end
        return workers[1]
    end,
}
"""


def always(*names):
    """The worker of this name, free or not; while it is away, that of the next."""
    return """
return {
    pick = function(_, workers)
        for name in ("NAMES"):gmatch("%S+") do
            for _, worker in ipairs(workers) do
                if worker.name == name then return worker end
            end
        end
    end,
}
""".replace("NAMES", " ".join(names))


def picking(body):
    """A policy whose pick(request, workers) has this body."""
    return "return { pick = function(request, workers)\n" + body + "\nend }\n"
