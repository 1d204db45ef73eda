local thesis2018 = require("lab.presets.thesis2018")
local topology = require("lab.topology")
local workload = require("lab.workload")

local APART = 1e6 -- ms: each request finds all workers idle

return {
    text = "the same with one request at a time, those of a trace as well",
    requests = thesis2018.requests,
    apart = APART,
    workers = function()
        return topology.workers(5, { model = "thesis2018_sequential", machines = 1 })
    end,
    registry = thesis2018.registry,
    workload = function(registry, seed)
        return workload.uniform(registry, seed, APART, thesis2018.requests)
    end,
}
