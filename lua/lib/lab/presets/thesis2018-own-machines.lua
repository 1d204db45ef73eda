local thesis2018 = require("lab.presets.thesis2018")
local topology = require("lab.topology")

return {
    text = "the same with a machine for each worker, which changes the ranking",
    requests = thesis2018.requests,
    workers = function() return topology.workers(5, { model = "thesis2018" }) end,
    registry = thesis2018.registry,
    workload = thesis2018.workload,
}
