local fakes = require("picket.fakes")

local function pick(workers, options)
    return fakes.load("least_loaded", options, workers).pick(fakes.request(), workers)
end

local function sequence(workers, count, options)
    local policy = fakes.load("least_loaded", options, workers)
    return table.concat(fakes.sequence(policy, workers, count, fakes.request()), " ")
end

describe("least_loaded", function()
    it("picks the worker with the fewest requests in flight", function()
        local workers = fakes.workers({ { inflight = 3 }, { inflight = 1 }, { inflight = 2 } })
        assert.equal(workers[2], pick(workers))
    end)

    it("divides the load by the weight", function()
        local workers = fakes.workers({ { inflight = 3, weight = 4 }, { inflight = 1 } })
        assert.equal(workers[1], pick(workers))
        workers[1].inflight = 5
        assert.equal(workers[2], pick(workers))
    end)

    it("passes over full and tried workers, though they are less loaded", function()
        local workers = fakes.workers({
            { capacity = 1, inflight = 1 }, { tried = true }, { inflight = 7 },
        })
        assert.equal(workers[3], pick(workers))
    end)

    it("waits for any worker when all are full", function()
        assert.is_nil(pick(fakes.workers(3, { capacity = 2, inflight = 2 })))
        assert.is_nil(pick({}))
    end)

    it("lets equally loaded workers take turns", function()
        assert.equal("w1 w2 w3 w1 w2", sequence(fakes.workers(3), 5))
        local workers = fakes.workers({ { inflight = 2 }, { inflight = 1 }, { inflight = 1 } })
        assert.equal("w2 w3 w2 w3", sequence(workers, 4))
    end)

    it("gives heavier workers longer turns", function()
        assert.equal("w1 w1 w2 w1 w1 w2", sequence(fakes.workers({ { weight = 2 }, {} }), 6))
        local workers = fakes.workers({ { weight = 1.5 }, { weight = 1 } })
        local policy = fakes.load("least_loaded", {}, workers)
        assert.near(60, fakes.tally(policy, workers, 100, fakes.request()).w1, 1)
    end)

    it("hands the turn on when the worker whose turn it is has more load", function()
        local workers = fakes.workers({ { weight = 4 }, {}, {} })
        local policy = fakes.load("least_loaded", {}, workers)
        assert.same({ "w1", "w1" }, fakes.sequence(policy, workers, 2, fakes.request()))
        workers[1].inflight = 1
        assert.same({ "w2", "w3", "w2" }, fakes.sequence(policy, workers, 3, fakes.request()))
    end)

    it("picks the first of equally loaded workers with ties = first", function()
        local workers = fakes.workers({ { inflight = 1 }, {}, {} })
        assert.equal("w2 w2 w2", sequence(workers, 3, { ties = "first" }))
    end)

    it("goes on with the turns when workers leave", function()
        local workers = fakes.workers(5)
        local policy = fakes.load("least_loaded", {}, workers)
        fakes.sequence(policy, workers, 4, fakes.request())
        local left = { workers[2], workers[3] }
        policy.changed(left)
        assert.same({ "w2", "w3", "w2" }, fakes.sequence(policy, left, 3, fakes.request()))
    end)

    it("refuses another way with ties", function()
        assert.has_error(function()
            pick({}, { ties = "last" })
        end, 'options of least_loaded: ties must be "turn" or "first", not "last"')
    end)
end)
