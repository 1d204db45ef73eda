--- What a simulated run counts.  Nothing sent is forgotten: sent = completed + failed + lost.
local record = {}

local histogram = require("lab.histogram")

local max = math.max
local LEAST = 0.001 -- ms: a call that takes no time is slowed down as one that takes this

local methods = {}
local metatable = { __index = methods }

--- `details` (lab.details): what is kept for a report; nil: nothing.
function record.new(details)
    return setmetatable({
        details = details,
        sent = 0, completed = 0, failed = 0, cold = 0, installed = 0, missing = 0, waited = 0,
        latency = histogram.new(), slowdown = histogram.new(), statuses = {}, peaks = {},
    }, metatable)
end

--- A request is due now, while so many wait.
function methods:arrive(due, waiting)
    self.sent = self.sent + 1
    if self.details then
        self.details:arrive(due, self.sent - self.completed - self.failed, waiting)
    end
end

--- A request was answered at this time, counted from when it was due.
function methods:complete(request, now)
    local latency = now - request.due
    self.completed = self.completed + 1
    self.latency:add(latency)
    self.slowdown:add(max(latency, LEAST) / max(request.warm, LEAST))
    self.installed = self.installed + request.installed
    self.missing = self.missing + request.missing
    if request.cold then
        self.cold = self.cold + 1
    end
    if self.details then
        self.details:complete(request.func, request.due, latency)
    end
end

function methods:fail(status)
    local key = tostring(status)
    self.failed = self.failed + 1
    self.statuses[key] = (self.statuses[key] or 0) + 1
end

local function spread(values)
    local sum, squares, most = 0, 0, 0
    for _, value in ipairs(values) do
        sum, squares, most = sum + value, squares + value * value, math.max(most, value)
    end
    if sum == 0 then
        return 0, 0
    end
    local mean = sum / #values
    return math.sqrt(math.max(0, squares / #values - mean * mean)) / mean, most / mean
end

--- All numbers of a run, by name; latencies in ms, `busy_ms` of cores.  `models`: by worker.
function methods:to_table(workers, models)
    local latency, served, busy, peaks, peak = self.latency, {}, {}, {}, 0
    for i, worker in ipairs(workers) do
        served[i], busy[i] = worker.served, models[worker].work
        peaks[i] = self.peaks[worker] or 0
        peak = math.max(peak, peaks[i])
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
        served = served, busy_ms = busy, peaks = peaks,
        variation = variation, imbalance = imbalance, peak = peak,
    }
end

return record
