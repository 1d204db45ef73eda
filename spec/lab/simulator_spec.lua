local registry = require("lab.registry")
local scratch = require("scratch")
local settings = require("lab.settings")
local simulator = require("lab.simulator")
local thesis_registry = require("lab.thesis_registry")
local workload = require("lab.workload")

local KNOWN = registry.new({ f = {}, g = {}, heavy = { "a", "b" } })

-- A workload from a list of { time, function }.
local function sequence(list)
    local at = 0
    return function()
        at = at + 1
        if list[at] then
            return list[at][1], list[at][2]
        end
    end
end

-- What becomes of a list of requests on workers of these models, each on its own machine.
local function simulate(policy, models, list, given)
    local workers = {}
    for i, model in ipairs(models) do
        workers[i] = { name = "w" .. i, machine = i, settings = assert(settings.from(model)),
            capacity = model.running }
    end
    given = given or {}
    given.policy, given.workers, given.registry = policy, workers, KNOWN
    given.workload, given.seed = sequence(list), 1
    local run = assert(simulator.new(given))
    while run:run(100) do end
    return run:outcome(), run
end

-- The same for a policy's source.
local function simulate_source(source, ...)
    local given = { ... }
    return scratch.with(source, function(path)
        return simulate(path, unpack(given))
    end)
end

describe("a simulated run", function()
    it("places requests as the policy says and measures from when they were due", function()
        local outcome = simulate("round_robin", { { call = 0.1 }, { call = 0.3 } },
            { { 0, "f" }, { 10, "f" }, { 20, "f" } })
        assert.same({ 3, 3, 0, 0 },
            { outcome.sent, outcome.completed, outcome.failed, outcome.lost })
        assert.same({ 2, 1 }, outcome.served)
        assert.near((100 + 300 + 100) / 3, outcome.mean_ms, 1e-9)
        assert.equal(300, outcome.max_ms)
    end)

    it("lets a request wait for any worker when the policy says nil", function()
        local outcome = simulate("least_loaded", { { call = 0.1, running = 1 } },
            { { 0, "f" }, { 0, "f" }, { 0, "f" } })
        assert.equal(3, outcome.completed)
        assert.equal(2, outcome.waited)
        assert.equal(300, outcome.max_ms)
    end)

    it("lets a request wait for the full worker that the policy insists on", function()
        local outcome = simulate_source(
            "return { pick = function(_, workers) return workers[1] end }",
            { { call = 0.1, running = 1 }, { call = 0.1 } }, { { 0, "f" }, { 0, "f" } })
        assert.same({ 2, 0 }, outcome.served)
        assert.equal(200, outcome.max_ms)
    end)

    it("ends the wait of a request after the gateway's timeout", function()
        local outcome = simulate("least_loaded", { { call = 10, running = 1 } },
            { { 0, "f" }, { 0, "f" }, { 50, "f" } }, { queue_ms = 5000 })
        assert.same({ 1, 2, 2 }, { outcome.completed, outcome.failed, outcome.statuses["503"] })
    end)

    it("tries another worker after a 429, and fails when all say so", function()
        local model = { call = 0.1, running_per_function = 1, queue = 0 }
        local outcome = simulate_source([[
            return { pick = function(_, workers)
                for _, worker in ipairs(workers) do
                    if worker:is_free() then return worker end
                end
            end }]], { model, model }, { { 0, "f" }, { 0, "f" }, { 0, "f" } })
        assert.same({ 1, 1 }, outcome.served)
        assert.same({ 2, 1 }, { outcome.completed, outcome.statuses["429"] })
    end)

    it("shows a policy what it sees in the gateway", function()
        local outcome = simulate_source([[
            local seen = {}
            local policy = { tick_ms = 1000, counters = seen }
            function policy.pick(request, workers)
                local worker = workers[1]
                seen.packages = table.concat(request.packages, " ")
                seen.now, seen.inflight, seen.free = request.now, worker.inflight, worker:is_free()
                seen.has, seen.warm = worker:has("a"), worker:is_warm("heavy")
                seen.served, seen.name = worker.served, worker.name
                return worker
            end
            function policy.done(_, worker, outcome)
                seen.status, seen.latency = outcome.status, outcome.latency_ms
                seen.known = worker.name
            end
            function policy.tick(now)
                seen.ticks = (seen.ticks or 0) + 1
            end
            return policy]], { { call = 0.1, install = 1 } }, { { 0, "heavy" }, { 5000, "heavy" } })
        assert.same({
            packages = "a b", now = 5000, inflight = 0, free = true, has = true, warm = true,
            served = 1, name = "w1", status = 200, latency = 100, known = "w1", ticks = 5,
        }, outcome.counters)
        assert.same({ 1, 2, 2 }, { outcome.cold, outcome.installed, outcome.missing })
    end)

    it("comes from many clients, to the paths of the functions", function()
        local list = {}
        for i = 1, 200 do
            list[i] = { i, i % 2 == 0 and "f" or "g" }
        end
        local outcome = simulate("ip_hash", { { call = 0.1 }, { call = 0.1 } }, list)
        assert.is_true(outcome.served[1] > 50 and outcome.served[2] > 50)
        outcome = simulate_source([[
            local paths = {}
            return { counters = paths, pick = function(request, workers)
                paths[request.path] = true
                return workers[1]
            end }]], { { call = 0.1 } }, list)
        assert.same({ ["/run/f"] = true, ["/run/g"] = true }, outcome.counters)
    end)

    it("contains a policy's errors and uses the gateway's fallback", function()
        local outcome = simulate_source("return { pick = function() error('no') end }",
            { { call = 0.1 }, { call = 0.1 } }, { { 0, "f" }, { 0, "f" } })
        assert.same({ 1, 1 }, outcome.served)
        assert.equal(2, outcome.errors)
        assert.truthy(outcome.last_error:find("no", 1, true))
    end)

    it("gives a policy no more than the gateway's sandbox does", function()
        local outcome = simulate_source(
            "return { pick = function() return io.open('/etc/passwd') end }",
            { { call = 0.1 } }, { { 0, "f" } })
        assert.truthy(outcome.last_error:find("a policy cannot use io", 1, true))
    end)

    it("says why a policy cannot be loaded", function()
        local _, message = simulator.new({ policy = "nosuch", workers = {}, registry = KNOWN,
            seed = 1 })
        assert.truthy(message:find('no policy "nosuch"', 1, true))
    end)

    it("answers what a crashed worker had with 502 and tries others meanwhile", function()
        local outcome = simulate_source([[
            local seen = { changes = 0, failed = 0 }
            local policy = { counters = seen }
            function policy.pick(_, workers)
                return workers[1]
            end
            function policy.changed(workers)
                seen.changes, seen.left = seen.changes + 1, #workers
            end
            function policy.done(_, worker, outcome)
                if outcome.error then
                    seen[worker.name .. ": " .. outcome.error] = worker.failed
                end
            end
            return policy]],
            { { call = 1, crash_at = 2, down = 30 }, { call = 1 } },
            { { 0, "f" }, { 1500, "f" }, { 3000, "f" }, { 20000, "f" }, { 60000, "f" } })
        assert.same({ 5, 4, 1 }, { outcome.sent, outcome.completed, outcome.failed })
        assert.same({ ["502"] = 1 }, outcome.statuses)
        assert.equal(1, outcome.retried)
        assert.same({ 2, 2 }, outcome.served)
        assert.same({ 2, 2 }, { outcome.counters.changes, outcome.counters.left })
        assert.equal(2, outcome.counters["w1: cannot connect to a worker"])
        assert.equal(1, outcome.counters["w1: the worker closed the connection"])
    end)

    it("answers with 503 when no worker is up", function()
        local outcome = simulate("round_robin", { { call = 1, crash_at = 0, down = 100 } },
            { { 20000, "f" } })
        assert.same({ ["503"] = 1 }, outcome.statuses)
    end)

    it("is the same for the same seed when workers crash", function()
        local model = { call = 0.1, crash_every = 2, down = 1 }
        local list = {}
        for i = 1, 200 do
            list[i] = { i * 50, "f" }
        end
        local one = simulate("round_robin", { model, model }, list)
        local again = simulate("round_robin", { model, model }, list)
        assert.is_true(one.failed > 0)
        assert.same(one, again)
    end)

    it("refuses a policy that the gateway refuses", function()
        local source = "return { pick = function() end, tick = function() end }"
        local _, message = scratch.with(source, function(path)
            return simulator.new({ policy = path, workers = {}, registry = KNOWN, seed = 1 })
        end)
        assert.truthy(message:find("tick is never called without tick_ms", 1, true))
    end)

    it("is the same for the same seed", function()
        local function run()
            local known, workers = thesis_registry.generate(1), {}
            local model = settings.load("thesis2018")
            for i = 1, 5 do
                workers[i] = { name = "w" .. i, machine = 1, settings = model }
            end
            local sim = assert(simulator.new({ policy = "random", workers = workers, seed = 3,
                registry = known, workload = workload.uniform(known, 3, 200.8, 200) }))
            while sim:run(100) do end
            return sim:outcome()
        end
        assert.same(run(), run())
    end)
end)
