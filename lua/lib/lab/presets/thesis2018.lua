local topology = require("lab.topology")
local thesis_registry = require("lab.thesis_registry")
local workload = require("lab.workload")

local REQUESTS = 1493

return {
    text = "the 2018 thesis: 5 workers on one machine, 100 functions, 300 s",
    requests = REQUESTS,
    workers = function() return topology.workers(5, { model = "thesis2018", machines = 1 }) end,
    registry = thesis_registry.generate,
    workload = function(registry, seed)
        return workload.uniform(registry, seed, 200.8, REQUESTS)
    end,
}
