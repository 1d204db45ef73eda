local fakes = require("picket.fakes")

describe("round_robin", function()
    it("gives every worker its turn", function()
        local workers = fakes.workers(3)
        local policy = fakes.load("round_robin", {}, workers)
        assert.same({ "w1", "w2", "w3", "w1", "w2" },
            fakes.sequence(policy, workers, 5, fakes.request()))
    end)

    it("interleaves the turns of heavier workers, as nginx does", function()
        local workers = fakes.workers({ { weight = 5 }, {}, {} })
        local policy = fakes.load("round_robin", {}, workers)
        assert.same({ "w1", "w1", "w2", "w1", "w3", "w1", "w1" },
            fakes.sequence(policy, workers, 7, fakes.request()))
    end)

    it("ignores the load of workers that are not full", function()
        local workers = fakes.workers({ { inflight = 50 }, {} })
        local policy = fakes.load("round_robin", {}, workers)
        assert.same({ w1 = 5, w2 = 5 }, fakes.tally(policy, workers, 10, fakes.request()))
    end)

    it("passes over a full worker", function()
        local workers = fakes.workers({ {}, { capacity = 2, inflight = 2 }, {} })
        local policy = fakes.load("round_robin", {}, workers)
        assert.same({ "w1", "w3", "w1", "w3" }, fakes.sequence(policy, workers, 4, fakes.request()))
    end)

    it("waits for any worker when all are full", function()
        local workers = fakes.workers(2, { capacity = 0 })
        assert.is_nil(fakes.load("round_robin", {}, workers).pick(fakes.request(), workers))
    end)

    it("takes up a changed weight at once", function()
        local workers = fakes.workers(2)
        local policy = fakes.load("round_robin", {}, workers)
        fakes.sequence(policy, workers, 3, fakes.request())
        workers[2].weight = 4
        policy.changed(workers)
        assert.same({ w1 = 20, w2 = 80 }, fakes.tally(policy, workers, 100, fakes.request()))
    end)
end)
