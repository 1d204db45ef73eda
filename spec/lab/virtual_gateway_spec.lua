-- What a policy sees of a worker, moved as the gateway moves it.
local registry = require("lab.registry")
local scratch = require("scratch")
local settings = require("lab.settings")
local simulator = require("lab.simulator")

local KNOWN = registry.new({ f = {}, g = {} })

-- What `seen` of a policy says after these requests ({ time, function }) on one worker.
local function seen_by(source, model, list)
    local place = scratch.new()
    local path, at = place.write("mine.lua", source), 0
    local run = assert(simulator.new({
        policy = path, registry = KNOWN, seed = 1, warm_ms = 1000,
        workers = { { name = "w1", machine = 1, settings = assert(settings.from(model)) } },
        workload = function()
            at = at + 1
            if list[at] then
                return list[at][1], list[at][2]
            end
        end,
    }))
    place.remove()
    while run:run(100) do end
    return run:outcome().counters
end

describe("the virtual gateway", function()
    it("smooths latencies by an eighth and counts what a worker served", function()
        local seen = seen_by([[
            local seen = {}
            return { counters = seen, pick = function(_, workers)
                seen.latency, seen.served = workers[1].latency_ms, workers[1].served
                return workers[1]
            end }]], { call = 0.1, cores = 1 }, { { 0, "f" }, { 0, "f" }, { 1000, "f" } })
        assert.same({ 200, 2 }, { seen.latency, seen.served })
    end)

    it("knows for a while where a function ran, but not from one that failed", function()
        local source = [[
            local seen = {}
            return { counters = seen, pick = function(request, workers)
                seen[request.now .. request.func] = workers[1]:is_warm(request.func)
                return workers[1]
            end }]]
        local list = { { 0, "f" }, { 500, "f" }, { 600, "g" }, { 1601, "f" } }
        assert.same({ ["0f"] = false, ["500f"] = true, ["600g"] = false, ["1601f"] = false },
            seen_by(source, { call = 0.1 }, list))
        assert.is_false(seen_by(source, { call = 0.1, failures = 1 }, list)["500f"])
    end)

    it("tells done() while the request still holds its place", function()
        local seen = seen_by([[
            local seen = {}
            return { counters = seen, pick = function(_, workers) return workers[1] end,
                done = function(request, worker, outcome)
                    seen.inflight, seen.served = worker.inflight, worker.served
                    seen.status, seen.latency = outcome.status, outcome.latency_ms
                    seen.func = request.func
                end }]], { call = 0.1 }, { { 0, "f" } })
        assert.same({ inflight = 1, served = 1, status = 200, latency = 100, func = "f" }, seen)
    end)
end)
