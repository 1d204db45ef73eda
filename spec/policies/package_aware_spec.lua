local fakes = require("picket.fakes")

-- From the thesis' own run with five workers counted from 0: FNV-1 and FNV-1a, modulo 5.
local CANDIDATES_2018 = {
    { "level0pkg2735", 1, 2 },
    { "level1pkg1504", 2, 3 },
    { "level2pkg571", 3, 2 },
    { "level0pkg2024", 0, 3 },
    { "level0pkg343", 3, 2 },
    { "level0pkg1430", 4, 3 },
    { "level4pkg861", 3, 2 },
    { "level0pkg1561", 0, 1 },
}

local function needing(package)
    return fakes.request({ func = "f", packages = { package, "small" } })
end

-- The two candidates of a package among these workers, all idle: the preferred one first.
local function candidates(policy, package, workers)
    local first = policy.pick(needing(package), workers)
    first.inflight = 1
    local second = policy.pick(needing(package), workers)
    first.inflight = 0
    return first, second
end

for _, kind in ipairs({ "ring", "2018" }) do
    describe("package_aware with candidates of the kind " .. kind, function()
        local workers, policy, first, second, third

        before_each(function()
            workers = fakes.workers(5)
            local options = { candidates = kind, load_threshold = 10 }
            policy = fakes.load("package_aware", options, workers)
            first, second = candidates(policy, "level0pkg2735", workers)
            for _, worker in ipairs(workers) do
                third = worker ~= first and worker ~= second and worker or third
            end
        end)

        local function pick()
            return policy.pick(needing("level0pkg2735"), workers)
        end

        it("has two different candidates, and takes the less loaded one", function()
            assert.are_not.equal(first, second)
            first.inflight, second.inflight = 5, 4
            assert.equal(second, pick())
            second.inflight = 6
            assert.equal(first, pick())
        end)

        it("goes by the largest package only", function()
            for i = 1, 50 do
                local packages = { "level0pkg2735", "p" .. i }
                local request = fakes.request({ func = "f" .. i, packages = packages })
                assert.equal(first, policy.pick(request, workers))
            end
        end)

        it("stays with the candidates below the threshold, though others are idle", function()
            first.inflight, second.inflight = 9, 9
            assert.equal(first, pick())
            assert.equal(0, policy.counters.diverted)
        end)

        it("takes the least loaded of all at the threshold, and counts that", function()
            for _, worker in ipairs(workers) do
                worker.inflight = 12
            end
            first.inflight, second.inflight, third.inflight = 10, 10, 3
            assert.equal(third, pick())
            third.inflight = 12
            assert.equal(10, pick().inflight)
            assert.equal(2, policy.counters.diverted)
        end)

        it("takes the other candidate when one is full or was tried", function()
            first.tried, second.inflight = true, 5
            assert.equal(second, pick())
            first.tried, second.capacity = false, 5
            first.inflight = 7
            assert.equal(first, pick())
        end)

        it("takes the least loaded of all when both candidates are full", function()
            first.capacity, second.tried = 0, true
            third.inflight = -1
            assert.equal(third, pick())
        end)

        it("waits for any worker when all are full", function()
            for _, worker in ipairs(workers) do
                worker.capacity = 0
            end
            assert.is_nil(pick())
        end)

        it("goes by the name of a function without packages", function()
            local request = fakes.request({ func = "level0pkg2735" })
            assert.equal(first, policy.pick(request, workers))
        end)
    end)
end

describe("package_aware with candidates of the kind 2018", function()
    it("has the thesis' candidates, of which the second wins a tie", function()
        local workers = fakes.workers(5)
        local policy = fakes.load("package_aware", { candidates = "2018" }, workers)
        for _, row in ipairs(CANDIDATES_2018) do
            local preferred, other = candidates(policy, row[1], workers)
            assert.equal(workers[row[3] + 1], preferred, row[1])
            assert.equal(workers[row[2] + 1], other, row[1])
        end
    end)

    it("takes the first of the least loaded of all", function()
        local workers = fakes.workers(5, { inflight = 100 })
        workers[2].inflight, workers[3].inflight = 99, 99
        local policy = fakes.load("package_aware", { candidates = "2018" }, workers)
        assert.equal(workers[2], policy.pick(needing("level0pkg1430"), workers))
    end)
end)

describe("package_aware", function()
    it("diverts from 100 in flight up by default", function()
        local workers = fakes.workers(2, { inflight = 100 })
        local policy = fakes.load("package_aware", {}, workers)
        policy.pick(needing("numpy"), workers)
        assert.equal(1, policy.counters.diverted)
        workers[1].inflight, workers[2].inflight = 99, 99
        policy.pick(needing("numpy"), workers)
        assert.equal(1, policy.counters.diverted)
    end)

    it("divides the load by the weight, also against the threshold", function()
        local workers = fakes.workers(2, { inflight = 150, weight = 2 })
        local policy = fakes.load("package_aware", {}, workers)
        policy.pick(needing("numpy"), workers)
        assert.equal(0, policy.counters.diverted)
        workers[1].weight = 3
        assert.equal(workers[1], policy.pick(needing("numpy"), workers))
    end)

    it("keeps the packages of workers that stay, on the ring", function()
        local workers = fakes.workers(6)
        local policy = fakes.load("package_aware", {}, workers)
        local before = {}
        for i = 1, 200 do
            before[i] = policy.pick(needing("p" .. i), workers)
        end
        local left = table.remove(workers, 2)
        policy.changed(workers)
        for i = 1, 200 do
            local now = policy.pick(needing("p" .. i), workers)
            assert.is_true(before[i] == left or before[i] == now)
        end
    end)

    it("refuses a threshold that is no number, and other candidates", function()
        assert.has_error(function()
            fakes.load("package_aware", { load_threshold = "100" })
        end, 'options of package_aware: load_threshold must be a number from 0 up, not "100"')
        assert.has_error(function()
            fakes.load("package_aware", { candidates = "random" })
        end, 'options of package_aware: candidates must be "ring" or "2018", not "random"')
        assert.has_error(function()
            fakes.load("package_aware", { threshold = 5 })
        end, 'options of package_aware: "threshold" is unknown; there are candidates, '
            .. "load_threshold")
    end)
end)
