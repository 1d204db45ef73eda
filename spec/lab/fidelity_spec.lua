-- The lab against what was measured in 2018.  The measurements are not part of picket: the variable
-- PICKET_THESIS2018 names their folder (repository disel-espol/eval-olscheduler).
local registry = require("lab.registry")
local scenario = require("lab.scenario")
local scratch = require("scratch")
local settings = require("lab.settings")
local simulator = require("lab.simulator")
local workload = require("lab.workload")

local folder = os.getenv("PICKET_THESIS2018")

local function path_of(name)
    return folder .. "/" .. name
end

local function measured_mean(log)
    local count, sum = 0, 0
    for line in io.lines(path_of(log)) do
        local took = line:match("status: %d+ in: (%d+) ms")
        if took then
            count, sum = count + 1, sum + took
        end
    end
    return sum / count
end

-- The numbers of the workers that served a sequential log: it does not name them, so each is that
-- of five where the missing packages explain the latency best.
local function workers_of(log, known)
    local stores, served = { {}, {}, {}, {}, {} }, {}
    for line in io.lines(path_of(log)) do
        local func, took = line:match("handler: (%S+) status: %d+ in: (%d+) ms")
        local best, least
        for i = 1, func and 5 or 0 do
            local missing = 0
            for _, package in ipairs(known.functions[func].packages) do
                missing = missing + (stores[i][package] and 0 or 1)
            end
            local off = math.abs(120 + 772 * missing - took)
            if not best or off < least then
                best, least = i, off
            end
        end
        for _, package in ipairs(best and known.functions[func].packages or {}) do
            stores[best][package] = true
        end
        served[#served + 1] = best
    end
    return served
end

-- The mean latency of a policy on five workers that share a machine.
local function simulated_mean(policy, options, model, known, requests)
    local workers, values = {}, settings.load(model)
    for i = 1, 5 do
        workers[i] = { name = "w" .. i, machine = 1, settings = values }
    end
    local run = assert(simulator.new({ policy = policy, options = options, workers = workers,
        registry = known, workload = requests, seed = 1 }))
    while run:run(1000) do end
    return run:outcome().mean_ms
end

describe("the lab and the measurements of 2018", function()
    if not folder then
        pending("are compared where PICKET_THESIS2018 names their folder")
        return
    end
    local known = registry.load(path_of("registry_100_5.json"))

    for log, policy in pairs({
        ["sync-round-robin.log"] = { "round_robin", {} },
        ["sync-least-loaded.log"] = { "least_loaded", { ties = "first" } },
        ["sync-pkg-aware.log"] = { "package_aware", { candidates = "2018" } },
    }) do
        it("agree within 2 % on " .. log, function()
            local made = assert(scenario.load({ preset = "thesis2018-sequential",
                trace = path_of(log), registry = path_of("registry_100_5.json") }))
            local mean = simulated_mean(policy[1], policy[2], "thesis2018_sequential", known,
                made.workload())
            assert.near(1, mean / measured_mean(log), 0.02)
        end)
    end

    it("agree within 2 % on sync-random.log, with the workers that were drawn then", function()
        local log = "sync-random.log"
        local place = scratch.new()
        local path = place.write("drawn.lua", ([=[
            local drawn, at = { %s }, 0
            return { pick = function(_, workers)
                at = at + 1
                return workers[drawn[at]]
            end }]=]):format(table.concat(workers_of(log, known), ", ")))
        local made = assert(scenario.load({ preset = "thesis2018-sequential",
            trace = path_of(log), registry = path_of("registry_100_5.json") }))
        local mean = simulated_mean(path, {}, "thesis2018_sequential", known, made.workload())
        place.remove()
        assert.near(1, mean / measured_mean(log), 0.02)
    end)

    -- With the requests that round robin's log lacks: see lab.lost_requests.
    for log, policy in pairs({
        ["async-round-robin.log"] = { "round_robin", {} },
        ["async-pkg-aware.100.log"] = { "package_aware", { candidates = "2018" } },
    }) do
        it("agree within 10 % on the arrivals of " .. log, function()
            local made = assert(scenario.load({ preset = "thesis2018", trace = path_of(log),
                registry = path_of("registry_100_5.json") }))
            assert.equal(1493, made.requests)
            local mean = simulated_mean(policy[1], policy[2], "thesis2018", known, made.workload())
            assert.near(1, mean / measured_mean(log), 0.1)
        end)
    end

    it("agree within 10 % on round robin with sequences like that of 2018", function()
        local sum = 0
        for seed = 1, 10 do
            sum = sum + simulated_mean("round_robin", {}, "thesis2018", known,
                workload.uniform(known, seed, 200.8, 1493))
        end
        assert.near(1, sum / 10 / measured_mean("async-round-robin.log"), 0.1)
    end)
end)
