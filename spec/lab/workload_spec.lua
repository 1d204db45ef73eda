local registry = require("lab.registry")
local workload = require("lab.workload")

local KNOWN = registry.new({ a = {}, b = {}, c = {}, d = {} })

describe("a uniform workload", function()
    it("is evenly spaced and ends after its count", function()
        local times = {}
        for due in workload.uniform(KNOWN, 1, 200.8, 3) do
            times[#times + 1] = due
        end
        assert.same({ 0, 200.8, 401.6 }, times)
    end)

    it("asks for every function about as often", function()
        local counts = { a = 0, b = 0, c = 0, d = 0 }
        for _, func in workload.uniform(KNOWN, 1, 1, 10000) do
            counts[func] = counts[func] + 1
        end
        for _, count in pairs(counts) do
            assert.near(2500, count, 150)
        end
    end)

    it("depends on the seed alone", function()
        local function sequence(seed, spacing)
            local list = {}
            for _, func in workload.uniform(KNOWN, seed, spacing, 50) do
                list[#list + 1] = func
            end
            return table.concat(list)
        end
        assert.equal(sequence(1, 10), sequence(1, 20))
        assert.not_equal(sequence(1, 10), sequence(2, 10))
    end)
end)

describe("a Poisson workload", function()
    -- How often each function is called of ten thousand times.
    local function counts_of(weights)
        local counts = { a = 0, b = 0, c = 0, d = 0 }
        for _, func in workload.poisson(KNOWN, 1,
            { count = 10000, spacing = 1, median = 1, sigma = 0, call_sigma = 0,
                weights = weights }) do
            counts[func] = counts[func] + 1
        end
        return counts
    end

    it("calls functions as often as they weigh", function()
        local counts = counts_of({ 4, 3, 2, 1 })
        assert.near(4000, counts.a, 150)
        assert.near(1000, counts.d, 150)
    end)

    it("makes do with fewer functions than weights, and with more", function()
        assert.near(2500, counts_of({ 1, 1, 1, 1, 1, 96 }).a, 150)
        local counts = counts_of({ 1, 1 })
        assert.near(5000, counts.b, 150)
        assert.equal(0, counts.c + counts.d)
    end)
end)
