local plain_registry = require("lab.plain_registry")
local popularity = require("lab.popularity")
local topology = require("lab.topology")
local workload = require("lab.workload")

local FUNCTIONS, REQUESTS = 100, 100000

return {
    text = "fast and slow workers: 4 of full speed, 4 of half, 2 of a quarter",
    requests = REQUESTS,
    workers = function()
        return topology.workers(10, { model = "openlambda",
            speeds = { 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25 } })
    end,
    registry = function() return plain_registry.generate(FUNCTIONS) end,
    workload = function(registry, seed)
        return workload.poisson(registry, seed, { count = REQUESTS, spacing = 10, median = 60,
            sigma = 1, call_sigma = 0.5, weights = popularity.zipf(FUNCTIONS, 1) })
    end,
}
