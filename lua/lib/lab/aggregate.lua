--- The outcomes of a policy, one for each seed, taken together.
local aggregate = {}

local measures = require("lab.measures")
local statistics = require("lab.statistics")

--- The least share of requests without a good answer that makes a latency doubtful.
aggregate.DOUBTFUL = 0.005

-- A measure by outcome; nil when it does not apply to one of them.
local function values_of(outcomes, measure)
    local values = {}
    for i, outcome in ipairs(outcomes) do
        values[i] = measures.value(measure, outcome)
        if values[i] == nil then
            return nil
        end
    end
    return #values > 0 and values or nil
end

--- By key of lab.measures: { mean, ci95 }, the half width nil for one seed.  What does not apply
-- is left out.
function aggregate.means(outcomes)
    local means = {}
    for _, measure in ipairs(measures.rows) do
        local values = values_of(outcomes, measure)
        if values then
            local mean, half = statistics.mean(values)
            means[measure.key] = { mean = mean, ci95 = half }
        end
    end
    return means
end

--- A list that outcomes have (served, busy_ms, peaks), worker by worker the mean.
function aggregate.by_worker(outcomes, field)
    local means = {}
    for _, outcome in ipairs(outcomes) do
        for i, value in ipairs(outcome[field]) do
            means[i] = (means[i] or 0) + value / #outcomes
        end
    end
    return means
end

--- How a policy's mean latency differs from the first one's on the same requests: mean_ms, ci95
-- (nil for one seed), share (of the first one's mean) and is_clear (true, false; nil: no telling).
-- nil when one of them completed nothing.
function aggregate.difference(outcomes, first)
    local measure = measures.by_key.mean_ms
    local values, others = values_of(outcomes, measure), values_of(first, measure)
    if not values or not others then
        return nil
    end
    local mean, half = statistics.difference(values, others)
    local base = statistics.mean(others)
    return {
        mean_ms = mean, ci95 = half, share = base > 0 and mean / base or 0,
        is_clear = half and math.abs(mean) > half,
    }
end

--- Whether so many requests of these runs were not completed that their latencies tell little.
function aggregate.is_doubtful(outcomes)
    local means = aggregate.means(outcomes)
    return means.unanswered ~= nil and means.unanswered.mean > aggregate.DOUBTFUL
end

--- The policies that were run as often as the first one.
function aggregate.compared(policies)
    local compared = {}
    for _, policy in ipairs(policies) do
        local count = #policy.outcomes
        if count > 0 and count == #policies[1].outcomes then
            compared[#compared + 1] = policy
        end
    end
    return compared
end

return aggregate
