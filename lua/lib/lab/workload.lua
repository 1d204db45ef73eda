--- What is asked for and when: iterators over the time (ms), the function and, where the workload
-- says so, the core-ms of each request.
-- The same seed gives the same sequence, whatever the rate and however many are taken.
local workload = {}

local random = require("lab.random")

local floor = math.floor

--- Requests `spacing` ms apart, each for one of the registry's functions with the same chance.
-- It ends after `count` requests.
function workload.uniform(registry, seed, spacing, count)
    local stream, names, sent = random.new(seed, "workload"), registry.names, 0
    return function()
        if sent >= count then
            return nil
        end
        sent = sent + 1
        return (sent - 1) * spacing, names[stream:integer(#names)]
    end
end

-- The index of the first sum that is above `share`.
local function find(sums, share)
    local low, high = 1, #sums
    while low < high do
        local middle = floor((low + high) / 2)
        if sums[middle] > share then
            high = middle
        else
            low = middle + 1
        end
    end
    return low
end

local function sums_of(weights)
    local sums, total = {}, 0
    for i, weight in ipairs(weights) do
        total = total + weight
        sums[i] = total
    end
    return sums, total
end

-- By function, what its calls take: half of them less than the median (core-ms).
local function medians_of(stream, names, median, sigma)
    local medians = {}
    for _, name in ipairs(names) do
        medians[name] = stream:lognormal(median, sigma)
    end
    return medians
end

--- Requests that come at random (Poisson), some functions more often than others.
-- `shape`: count; spacing (mean, ms); weights (by place in registry.names); median (of all
-- functions' median core-ms) with sigma between functions and call_sigma within one; bursts: nil,
-- or { every, lasting, factor }: so often and for so long (ms) they come so many times faster.
function workload.poisson(registry, seed, shape)
    local arrivals, choice = random.new(seed, "arrivals"), random.new(seed, "choice")
    local work = random.new(seed, "work")
    local sums, total = sums_of(shape.weights)
    local medians =
        medians_of(random.new(seed, "functions"), registry.names, shape.median, shape.sigma)
    local now, sent, bursts = 0, 0, shape.bursts
    return function()
        if sent >= shape.count then
            return nil
        end
        sent = sent + 1
        local is_burst = bursts and now % bursts.every < bursts.lasting
        now = now + arrivals:exponential(shape.spacing) / (is_burst and bursts.factor or 1)
        local name = registry.names[find(sums, choice:uniform() * total)]
        return now, name, work:lognormal(medians[name], shape.call_sigma)
    end
end

return workload
