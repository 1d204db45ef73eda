local plain_registry = require("lab.plain_registry")
local popularity = require("lab.popularity")
local topology = require("lab.topology")
local workload = require("lab.workload")

local FUNCTIONS, REQUESTS = 10000, 1000000

return {
    text = "1,000 workers, 10,000 functions, a million requests",
    requests = REQUESTS,
    workers = function() return topology.workers(1000, { model = "openlambda" }) end,
    registry = function() return plain_registry.generate(FUNCTIONS) end,
    workload = function(registry, seed)
        return workload.poisson(registry, seed, { count = REQUESTS, spacing = 0.1, median = 60,
            sigma = 1, call_sigma = 0.5, weights = popularity.zipf(FUNCTIONS, 1) })
    end,
}
