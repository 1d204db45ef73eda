local random = require("gateway.random")

local function draw(seed, count, ...)
    local next_number = random.new(seed)
    local numbers = {}
    for i = 1, count do
        numbers[i] = next_number(...)
    end
    return numbers
end

describe("random", function()
    it("gives the same numbers for the same seed", function()
        assert.same(draw(42, 100), draw(42, 100))
    end)

    it("gives others for another seed, however near", function()
        for seed = 0, 100 do
            assert.are_not.equal(draw(seed, 1)[1], draw(seed + 1, 1)[1])
        end
        assert.are_not.equal(draw(1, 1)[1], draw(1 + 2 ^ 40, 1)[1])
    end)

    it("is independent of other instances", function()
        local one, other = random.new(7), random.new(8)
        local mixed = {}
        for i = 1, 10 do
            mixed[i] = one()
            other()
        end
        assert.same(draw(7, 10), mixed)
    end)

    it("starts again when it is seeded again", function()
        local one, seed = random.new(1)
        one()
        seed(42)
        assert.equal(draw(42, 1)[1], one())
    end)

    it("lies from 0 up to and without 1, evenly", function()
        local buckets = {}
        for _, number in ipairs(draw(3, 10000)) do
            assert.is_true(number >= 0 and number < 1)
            local bucket = math.floor(number * 10)
            buckets[bucket] = (buckets[bucket] or 0) + 1
        end
        for bucket = 0, 9 do
            assert.is_true(buckets[bucket] > 850 and buckets[bucket] < 1150)
        end
    end)

    it("draws whole numbers of an interval, its ends included", function()
        local seen = {}
        for _, number in ipairs(draw(5, 200, 3, 5)) do
            seen[number] = true
        end
        assert.same({ [3] = true, [4] = true, [5] = true }, seen)
        assert.same({ 1, 1, 1 }, draw(5, 3, 1))
    end)

    it("refuses an empty interval", function()
        assert.error_matches(function()
            random.new(1)(0)
        end, "bad arguments to math.random: the interval is empty")
        assert.error_matches(function()
            random.new(1)(5, 4)
        end, "the interval is empty")
    end)
end)
