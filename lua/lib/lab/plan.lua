--- What a replay sends: the functions of a registry in turn by chance, a preset or a trace.
local plan = {}

local registry = require("lab.registry")
local scenario = require("lab.scenario")
local workload = require("lab.workload")

local RATE, COUNT = 1000 / 200.8, 1493 -- the 2018 thesis' experiment: 300 s

local function from_registry(options)
    local known, message = registry.load(options.registry)
    if not known then
        return nil, message
    end
    local count = options.count or COUNT
    return workload.uniform(known, options.seed, 1000 / (options.rate or RATE), count), count
end

-- By how much times are stretched so that so many requests come in a second; `requests` is an
-- iterator over them.
local function stretch(requests, rate)
    local count, first, last = 0, nil, 0
    for due in requests do
        count, first, last = count + 1, first or due, due
    end
    local span = last - (first or 0)
    return span > 0 and (count - 1) * 1000 / rate / span or 1
end

local function from_scenario(options)
    local made, message = scenario.load({ preset = options.preset, trace = options.trace,
        registry = options.registry, requests = options.count })
    if not made then
        return nil, message
    end
    local known = made.registry(options.seed)
    local factor = options.rate
        and stretch(made.workload(known, options.seed), options.rate) or 1
    local next_request = made.workload(known, options.seed)
    return function()
        local due, func = next_request()
        if due then
            return due * factor, func
        end
    end, made.requests
end

--- An iterator over the time (ms) and function of each request, and how many there are.  `options`:
-- registry, preset and trace (as on the command line, at least one of them), seed, rate (requests a
-- second) and count, both nil for what the workload says.  nil and a message for a bad file.
function plan.load(options)
    if options.preset or options.trace then
        return from_scenario(options)
    end
    return from_registry(options)
end

return plan
