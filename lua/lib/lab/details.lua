--- What a report draws beyond the numbers of a run: latencies by function, and all over time.
local details = {}

local samples = require("lab.samples")
local series = require("lab.series")

local methods = {}
local metatable = { __index = methods }

function details.new()
    return setmetatable({ samples = samples.new(), series = series.new() }, metatable)
end

--- A request is due now; with it so many are open, and before it so many wait.
function methods:arrive(due, open, waiting)
    self.series:arrive(due, open, waiting)
end

--- A request was answered.
function methods:complete(func, due, latency_ms)
    self.samples:add(func, latency_ms)
    self.series:complete(due, latency_ms)
end

return details
