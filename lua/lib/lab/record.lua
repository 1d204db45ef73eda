--- What a simulated run counts.  Nothing sent is forgotten: sent = completed + failed + lost.
local record = {}

local histogram = require("lab.histogram")

local methods = {}
local metatable = { __index = methods }

function record.new()
    return setmetatable({
        sent = 0, completed = 0, failed = 0, cold = 0, installed = 0, missing = 0, waited = 0,
        latency = histogram.new(), slowdown = histogram.new(), statuses = {}, peaks = {},
    }, metatable)
end

--- A request was answered at this time, counted from when it was due.
function methods:complete(request, now)
    local latency = now - request.due
    self.completed = self.completed + 1
    self.latency:add(latency)
    self.slowdown:add(latency / request.warm)
    self.installed = self.installed + request.installed
    self.missing = self.missing + request.missing
    if request.cold then
        self.cold = self.cold + 1
    end
end

function methods:fail(status)
    self.failed = self.failed + 1
    self.statuses[status] = (self.statuses[status] or 0) + 1
end

local function spread(values)
    local sum, squares, most = 0, 0, 0
    for _, value in ipairs(values) do
        sum, squares, most = sum + value, squares + value * value, math.max(most, value)
    end
    local mean = sum / #values
    if mean == 0 then
        return 0, 0
    end
    return math.sqrt(math.max(0, squares / #values - mean * mean)) / mean, most / mean
end

--- All numbers of a run, by name; latencies in ms.
function methods:to_table(workers)
    local latency, served, peak = self.latency, {}, 0
    for i, worker in ipairs(workers) do
        served[i] = worker.served
        peak = math.max(peak, self.peaks[worker] or 0)
    end
    local variation, imbalance = spread(served)
    return {
        sent = self.sent, completed = self.completed, failed = self.failed,
        lost = self.sent - self.completed - self.failed, waited = self.waited,
        mean_ms = latency:mean(), p50_ms = latency:quantile(0.5), p90_ms = latency:quantile(0.9),
        p95_ms = latency:quantile(0.95), p99_ms = latency:quantile(0.99),
        p999_ms = latency:quantile(0.999), max_ms = latency.most,
        over_1s = latency:share_above(1000), over_10s = latency:share_above(10000),
        over_50s = latency:share_above(50000), slowdown = self.slowdown:quantile(0.5),
        cold = self.cold, installed = self.installed, missing = self.missing,
        statuses = self.statuses,
        served = served, variation = variation, imbalance = imbalance, peak = peak,
    }
end

return record
