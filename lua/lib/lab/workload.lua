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

-- By number, how often it is itself when it is drawn, and who it is else: then one draw chooses any
-- of them by weight (A. J. Walker's alias method, as M. D. Vose builds it).
local function lots_of(weights, names)
    local count, total = math.min(#weights, names), 0
    for i = 1, count do
        total = total + weights[i]
    end
    local own, other, small, large = {}, {}, {}, {}
    for i = 1, count do
        own[i], other[i] = weights[i] * count / total, i
        table.insert(own[i] < 1 and small or large, i)
    end
    while #small > 0 and #large > 0 do
        local lesser, greater = table.remove(small), table.remove(large)
        other[lesser] = greater
        own[greater] = own[greater] - (1 - own[lesser])
        table.insert(own[greater] < 1 and small or large, greater)
    end
    return own, other, count
end

-- By number, what a function's calls take: half of them less than the median (core-ms).
local function medians_of(stream, count, median, sigma)
    local medians = {}
    for number = 1, count do
        medians[number] = stream:lognormal(median, sigma)
    end
    return medians
end

--- Requests that come at random (Poisson), some functions more often than others.
-- `shape`: count; spacing (mean, ms); weights (by place in registry.names; names
-- without one are not called, weights without a name do not count); median (of all functions'
-- median core-ms) with sigma between functions and call_sigma within one; bursts: nil, or
-- { every, lasting, factor }: so often and for so long (ms) they come so many times faster.
function workload.poisson(registry, seed, shape)
    local arrivals, choice = random.new(seed, "arrivals"), random.new(seed, "choice")
    local work = random.new(seed, "work")
    local own, other, count = lots_of(shape.weights, #registry.names)
    local medians =
        medians_of(random.new(seed, "functions"), count, shape.median, shape.sigma)
    local now, sent, bursts = 0, 0, shape.bursts
    return function()
        if sent >= shape.count then
            return nil
        end
        sent = sent + 1
        local is_burst = bursts and now % bursts.every < bursts.lasting
        now = now + arrivals:exponential(shape.spacing) / (is_burst and bursts.factor or 1)
        local drawn = choice:uniform() * count
        local place = floor(drawn) + 1
        if drawn - floor(drawn) >= own[place] then
            place = other[place]
        end
        return now, registry.names[place], work:lognormal(medians[place], shape.call_sigma)
    end
end

return workload
