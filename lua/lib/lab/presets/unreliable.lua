local plain_registry = require("lab.plain_registry")
local popularity = require("lab.popularity")
local topology = require("lab.topology")
local workload = require("lab.workload")

local FUNCTIONS, REQUESTS = 100, 100000

return {
    text = "workers that crash, with calls that fail and stragglers: 10 of 4 cores",
    requests = REQUESTS,
    workers = function() return topology.workers(10, { model = "unreliable" }) end,
    registry = function() return plain_registry.generate(FUNCTIONS) end,
    workload = function(registry, seed)
        return workload.poisson(registry, seed, { count = REQUESTS, spacing = 10, median = 60,
            sigma = 1, call_sigma = 0.5, weights = popularity.zipf(FUNCTIONS, 1) })
    end,
}
