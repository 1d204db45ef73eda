local plain_registry = require("lab.plain_registry")
local popularity = require("lab.popularity")
local topology = require("lab.topology")
local workload = require("lab.workload")

local FUNCTIONS, REQUESTS = 424, 100000

return {
    text = "Azure's 2021 popularity: 10 workers of 4 cores, 424 functions, warm sandboxes",
    requests = REQUESTS,
    workers = function() return topology.workers(10, { model = "openlambda" }) end,
    registry = function() return plain_registry.generate(FUNCTIONS) end,
    workload = function(registry, seed)
        return workload.poisson(registry, seed, { count = REQUESTS, spacing = 10, median = 60,
            sigma = 1, call_sigma = 0.5, weights = popularity.azure2021(FUNCTIONS) })
    end,
}
