--- Counts what became of requests, and says it as a table, as JSON or in a line.
-- Nothing sent is forgotten: sent = completed + failed + lost, where lost are those without an
-- answer when the counting ended.  Latencies are those of completed requests.
local summary = {}

local cjson = require("cjson")

local methods = {}
local metatable = { __index = methods }

function summary.new()
    return setmetatable({
        sent = 0, completed = 0, failed = 0, cold = 0, installed = 0,
        sum = 0, latencies = {}, statuses = {}, is_sorted = true,
    }, metatable)
end

--- A request was sent.
function methods:add_sent()
    self.sent = self.sent + 1
end

--- A request was answered well, this long after it should have been sent.
function methods:add_completed(latency_ms, is_cold, installed)
    self.completed = self.completed + 1
    self.latencies[self.completed] = latency_ms
    self.is_sorted = false
    self.sum = self.sum + latency_ms
    self.cold = self.cold + (is_cold and 1 or 0)
    self.installed = self.installed + installed
end

--- A request failed: with this status, 0 for none.
function methods:add_failed(status)
    self.failed = self.failed + 1
    self.statuses[status] = (self.statuses[status] or 0) + 1
end

--- The latency within which this share of the completed requests was answered (nearest rank); nil
-- when there are none.
function methods:quantile(share)
    if not self.is_sorted then
        table.sort(self.latencies)
        self.is_sorted = true
    end
    return self.latencies[math.max(1, math.ceil(share * self.completed))]
end

--- The share of the completed requests that took longer; nil when there are none.
function methods:share_above(limit_ms)
    local above = 0
    for _, latency in ipairs(self.latencies) do
        above = above + (latency > limit_ms and 1 or 0)
    end
    return self.completed > 0 and above / self.completed or nil
end

--- All numbers, by name; no latencies when nothing was completed.
function methods:to_table()
    local failures = {}
    for status, count in pairs(self.statuses) do
        failures[status == 0 and "no_answer" or tostring(status)] = count
    end
    return {
        sent = self.sent, completed = self.completed, failed = self.failed,
        lost = self.sent - self.completed - self.failed,
        mean_ms = self.completed > 0 and self.sum / self.completed or nil,
        p50_ms = self:quantile(0.5), p90_ms = self:quantile(0.9), p95_ms = self:quantile(0.95),
        p99_ms = self:quantile(0.99), p999_ms = self:quantile(0.999), max_ms = self:quantile(1),
        over_1s = self:share_above(1000), over_10s = self:share_above(10000),
        over_50s = self:share_above(50000),
        cold = self.cold, installed = self.installed, failures = failures,
    }
end

function methods:to_json()
    return cjson.encode(self:to_table())
end

--- 850 us, 12.3 ms, 4.56 s: a duration of so many ms, for people; "-" for none.
function summary.duration(ms)
    if not ms then
        return "-"
    elseif ms < 1 then
        return ("%.0f us"):format(ms * 1000)
    elseif ms < 99.95 then
        return ("%.1f ms"):format(ms)
    elseif ms < 999.5 then
        return ("%.0f ms"):format(ms)
    elseif ms < 99950 then
        return ("%.2f s"):format(ms / 1000)
    end
    return ("%.0f s"):format(ms / 1000)
end

--- The numbers in a few lines for people.
function methods:to_text()
    local values, of = self:to_table(), summary.duration
    local lines = {
        ("requests  %d sent, %d completed, %d failed, %d lost"):format(
            values.sent, values.completed, values.failed, values.lost),
        ("latency   mean %s, p50 %s, p90 %s, p99 %s, max %s"):format(of(values.mean_ms),
            of(values.p50_ms), of(values.p90_ms), of(values.p99_ms), of(values.max_ms)),
        ("workers   %d cold starts, %d packages installed"):format(values.cold, values.installed),
    }
    local statuses = {}
    for status in pairs(values.failures) do
        statuses[#statuses + 1] = status
    end
    table.sort(statuses)
    for _, status in ipairs(statuses) do
        lines[#lines + 1] = ("failures  %s: %d"):format(status, values.failures[status])
    end
    return table.concat(lines, "\n")
end

return summary
