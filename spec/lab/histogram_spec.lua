local histogram = require("lab.histogram")
local random = require("lab.random")

describe("a histogram", function()
    it("is within 0.1 % of the exact quantiles", function()
        local h, stream, values = histogram.new(), random.new(1), {}
        for i = 1, 20000 do
            values[i] = stream:lognormal(100, 2)
            h:add(values[i])
        end
        table.sort(values)
        for _, share in ipairs({ 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 }) do
            local exact = values[math.ceil(share * #values)]
            assert.near(1, h:quantile(share) / exact, 0.001)
        end
        assert.equal(values[#values], h:quantile(1))
    end)

    it("has the exact mean", function()
        local h = histogram.new()
        h:add(1)
        h:add(4)
        assert.equal(2.5, h:mean())
        assert.equal(2, h.count)
    end)

    it("has no quantile above the largest value", function()
        local h = histogram.new()
        for _, value in ipairs({ 0, 0, 1500, 1500 }) do
            h:add(value)
            assert.is_true(h:quantile(0.25) <= value)
        end
        assert.equal(1500, h:quantile(0.75))
    end)

    it("tells the share above a limit", function()
        local h = histogram.new()
        for i = 1, 100 do
            h:add(i * 100)
        end
        assert.near(0.9, h:share_above(1000), 0.011)
        assert.equal(0, h:share_above(1e6))
    end)

    it("is all zeros when empty", function()
        local h = histogram.new()
        assert.same({ 0, 0, 0 }, { h:mean(), h:quantile(0.5), h:share_above(1) })
    end)

    it("takes in another one", function()
        local h, other = histogram.new(), histogram.new()
        h:add(10)
        other:add(30)
        other:add(50)
        h:merge(other)
        assert.same({ 3, 30, 50 }, { h.count, h:mean(), h:quantile(1) })
        assert.near(30, h:quantile(0.5), 0.03)
    end)

    it("can be taken apart and put together", function()
        local h, other = histogram.new(), histogram.new()
        for i = 1, 100 do
            h:add(i % 10 + 1)
        end
        for _, pair in ipairs(h:to_pairs()) do
            other:add_many(pair[1], pair[2])
        end
        assert.equal(100, other.count)
        assert.near(h:mean(), other:mean(), 0.01)
        assert.equal(h:quantile(0.5), other:quantile(0.5))
    end)

    it("takes durations from nothing to days", function()
        local h = histogram.new()
        h:add(0)
        h:add(1e9)
        assert.equal(1e9, h:quantile(1))
    end)

    it("counts what takes longer than its last bucket as that", function()
        local h = histogram.new()
        for _, value in ipairs({ 1, 2 ^ 31, 1e18, math.huge }) do
            h:add(value)
        end
        assert.equal(0.75, h:share_above(1000))
        assert.near(2 ^ 31, h:quantile(0.5), 2 ^ 31 / 1000)
        assert.equal(math.huge, h:quantile(1))
    end)
end)
