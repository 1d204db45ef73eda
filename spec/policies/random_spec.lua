local chance = require("chance")
local fakes = require("picket.fakes")

local PICKS = 20000

local function assert_shares(workers, shares)
    local policy = fakes.load("random", {}, workers)
    local counts = fakes.tally(policy, workers, PICKS, fakes.request())
    for i, worker in ipairs(workers) do
        assert.is_true(chance.fits(counts[worker.name], PICKS, shares[i]), worker.name)
    end
end

describe("random", function()
    before_each(function()
        math.randomseed(1)
    end)

    it("draws equal workers equally often", function()
        assert_shares(fakes.workers(4), { 1 / 4, 1 / 4, 1 / 4, 1 / 4 })
    end)

    it("draws workers as often as their weights say", function()
        local workers = fakes.workers({ { weight = 0.5 }, { weight = 6 }, { weight = 3.5 } })
        assert_shares(workers, { 0.05, 0.6, 0.35 })
    end)

    it("draws among the free workers by weight, however few these are", function()
        local workers = fakes.workers(40, { capacity = 1, inflight = 1 })
        workers[7].inflight, workers[31].inflight, workers[31].weight = 0, 0, 3
        local shares = {}
        for i = 1, 40 do
            shares[i] = i == 7 and 1 / 4 or i == 31 and 3 / 4 or 0
        end
        assert_shares(workers, shares)
    end)

    it("waits for any worker when all are full", function()
        local workers = fakes.workers(2, { capacity = 0 })
        assert.is_nil(fakes.load("random", {}, workers).pick(fakes.request(), workers))
    end)

    it("draws by new weights after a change", function()
        local workers = fakes.workers(2)
        local policy = fakes.load("random", {}, workers)
        workers[1].weight = 9
        policy.changed(workers)
        local counts = fakes.tally(policy, workers, PICKS, fakes.request())
        assert.is_true(chance.fits(counts.w1, PICKS, 0.9))
    end)
end)
