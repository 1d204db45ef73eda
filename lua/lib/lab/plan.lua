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
    elseif #known.names == 0 then
        return nil, options.registry .. ": no function in it"
    end
    local count = options.count or COUNT
    return workload.uniform(known, options.seed, 1000 / (options.rate or RATE), count), count
end

-- The times of a list of requests stretched so that so many come in a second.
local function stretch(requests, rate)
    local last = requests[#requests][1]
    local factor = rate and last > 0 and (#requests - 1) * 1000 / rate / last or 1
    for _, request in ipairs(requests) do
        request[1] = request[1] * factor
    end
end

local function from_scenario(options)
    local made, message = scenario.load(options)
    if not made then
        return nil, message
    end
    local requests = {}
    for due, func in made.workload(made.registry(options.seed), options.seed) do
        if #requests == options.count then
            break
        end
        requests[#requests + 1] = { due, func }
    end
    stretch(requests, options.rate)
    local at = 0
    return function()
        at = at + 1
        if requests[at] then
            return requests[at][1], requests[at][2]
        end
    end, #requests
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
