local machine = require("lab.machine")
local registry = require("lab.registry")
local requests = require("lab.requests")
local settings = require("lab.settings")
local worker_model = require("lab.worker_model")

local REGISTRY = registry.new(
    { plain = {}, ab = { "a", "b" }, bc = { "b", "c" }, a = { "a" } },
    { a = 4e6, b = 1e6, c = 2e6 }
)

local function workers(count, given)
    local values = assert(settings.from(given))
    local m, list = machine.new(values.cores), {}
    for i = 1, count do
        list[i] = worker_model.new(values, m, REGISTRY.sizes, 1, "worker " .. i)
    end
    return m, list[1], list[2]
end

local function send(worker, now, func, work)
    local request = requests.new()
    request.callee, request.work = REGISTRY.functions[func], work or false
    return worker:arrive(now, request) and request
end

-- When each request is done, by the request.
local function run(m, now)
    local times = {}
    local request, at = worker_model.take(m, now or math.huge)
    while request do
        times[request] = at
        request, at = worker_model.take(m, now or math.huge)
    end
    return times
end

-- When a request that is alone is done.
local function ask(m, worker, now, func)
    local request = send(worker, now, func)
    return run(m)[request], request
end

describe("a worker", function()
    it("takes the call's time for a function without packages", function()
        local m, worker = workers(1, { call = 0.12, install = 0.772 })
        local r = send(worker, 5, "plain")
        assert.equal(1, worker.inflight)
        assert.equal(125, run(m)[r])
        assert.equal(0, worker.inflight)
        assert.is_false(r.cold)
    end)

    it("takes 120 ms and 772 ms for each missing package", function()
        local m, worker = workers(1, { call = 0.12, install = 0.772 })
        local first = send(worker, 0, "ab")
        assert.near(120 + 2 * 772, run(m)[first], 1e-9)
        assert.equal(2, first.missing)
        assert.equal(2, first.installed)
        assert.is_true(first.cold)

        local second = send(worker, 10000, "bc")
        assert.near(10000 + 120 + 772, run(m)[second], 1e-9)
        assert.equal(1, second.installed)

        local third = send(worker, 20000, "ab")
        assert.near(20120, run(m)[third], 1e-9)
        assert.is_false(third.cold)
    end)

    it("waits for a package that another request installs", function()
        local m, worker = workers(1, { call = 0.1, install = 1 })
        local first, second = send(worker, 0, "ab"), send(worker, 500, "ab")
        local times = run(m)
        assert.equal(2100, times[first])
        assert.equal(2100, times[second])
        assert.equal(2, first.installed)
        assert.equal(0, second.installed)
        assert.equal(2, second.missing)
        assert.is_true(second.cold)
        assert.equal(2, worker.store.installs)
    end)

    it("installs the next package while it is nobody else's", function()
        local m, worker = workers(1, { call = 0.1, install = 1 })
        local ab, bc = send(worker, 0, "ab"), send(worker, 0, "bc")
        local times = run(m) -- a and b until 1000; then c by bc, while ab runs
        assert.equal(1100, times[ab])
        assert.equal(2100, times[bc])
        assert.equal(1, ab.installed)
        assert.equal(2, bc.installed)
    end)

    it("shares its machine's cores with other workers", function()
        local m, one, two = workers(2, { cores = 1, call = 0.1, install = 1 })
        local first, second = send(one, 0, "a"), send(two, 0, "a")
        local times = run(m)
        assert.near(2200, times[first], 1e-9)
        assert.near(2200, times[second], 1e-9)
        assert.equal(1, first.installed)
        assert.equal(1, second.installed)
    end)

    it("pays for packages by size where the model says so", function()
        local m, worker = workers(1, { call = 0, install_per_mb = 0.5 })
        assert.equal(2500, ask(m, worker, 0, "ab"))
    end)

    it("runs at its own speed", function()
        local m, worker = workers(1, { call = 0.1, install = 1, speed = 2 })
        assert.equal(550, ask(m, worker, 0, "a"))
        assert.equal(1100, worker.work)
    end)

    it("installs again what its store had no room for", function()
        local m, worker = workers(1, { call = 0, install = 1, store_mb = 4 })
        assert.equal(1000, ask(m, worker, 0, "a"))
        assert.equal(4000, ask(m, worker, 2000, "bc"))
        local done, again = ask(m, worker, 10000, "a")
        assert.equal(11000, done)
        assert.is_true(again.cold)
    end)

    it("starts a sandbox only when none is warm", function()
        local m, worker = workers(1, { call = 0.1, start = 0.4, keep_alive = 10 })
        local cold, warm
        cold = send(worker, 0, "plain")
        assert.equal(500, run(m)[cold])
        warm = send(worker, 1000, "plain")
        assert.equal(1100, run(m)[warm])
        assert.is_true(cold.cold)
        assert.is_false(warm.cold)
        assert.equal(20500, ask(m, worker, 20000, "plain"))
    end)

    it("queues what it may not run yet and refuses what its queue cannot hold", function()
        local m, worker = workers(1, { call = 0.1, running = 1, queue = 1 })
        local first, second = send(worker, 0, "plain"), send(worker, 0, "plain")
        assert.is_false(send(worker, 0, "plain"))
        assert.equal(2, worker.inflight)
        local times = run(m)
        assert.equal(100, times[first])
        assert.equal(200, times[second])
        assert.equal(0, worker.inflight)
    end)

    it("fails the share of calls that it is told to", function()
        local m, worker = workers(1, { call = 0.1, failures = 0.25 })
        local failed = 0
        for i = 1, 4000 do
            send(worker, i, "plain")
        end
        for request in pairs(run(m)) do
            failed = failed + (request.failed and 1 or 0)
        end
        assert.near(1000, failed, 100)
    end)

    it("draws its times from its own stream", function()
        local function time(name)
            local values = settings.from({ call = 0.1, call_sigma = 0.5 })
            local m = machine.new(1)
            local worker = worker_model.new(values, m, {}, 9, name)
            return ask(m, worker, 0, "plain")
        end
        assert.equal(time("x"), time("x"))
        assert.not_equal(time("x"), time("y"))
    end)

    it("takes the time that a trace says", function()
        local m, worker = workers(1, { call = 0.1, call_sigma = 1 })
        local request = send(worker, 0, "plain", 33)
        assert.equal(33, run(m)[request])
    end)

    it("loses its requests but not its packages when it is stopped", function()
        local m, one, two = workers(2, { cores = 1, call = 1, install = 1 })
        assert.equal(2000, ask(m, one, 0, "a"))
        local other = send(two, 2000, "plain")
        send(one, 2000, "ab")
        one:stop(3000) -- half of the other's call is done; it has the machine alone from now on
        assert.equal(0, one.inflight)
        assert.same({ [other] = 3500 }, run(m))
        local done, after = ask(m, one, 9000, "ab")
        assert.equal(11000, done)
        assert.equal(1, after.installed)
    end)

    it("loses its packages as well when it is to forget them", function()
        local m, worker = workers(1, { call = 1, install = 1 })
        ask(m, worker, 0, "a")
        worker:stop(5000, true)
        assert.equal(12000, ask(m, worker, 10000, "a"))
    end)
end)
