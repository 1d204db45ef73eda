local samples = require("lab.samples")

describe("a sample of latencies", function()
    it("has all of a function that is called seldom", function()
        local s = samples.new()
        for i = 1, 200 do
            s:add("f", i)
        end
        assert.equal(200, #s.of.f)
        assert.equal(200, s.of.f.seen)
    end)

    it("is bounded, and every call has the same chance to be in it", function()
        local s = samples.new()
        for i = 1, 20000 do
            s:add("f", i)
        end
        local sum = 0
        for _, value in ipairs(s.of.f) do
            sum = sum + value
        end
        assert.equal(256, #s.of.f)
        assert.near(10000, sum / 256, 1500)
    end)

    it("knows which functions are called most", function()
        local s = samples.new()
        for func, calls in pairs({ a = 2, b = 3, c = 2, d = 1 }) do
            for _ = 1, calls do
                s:add(func, 1)
            end
        end
        assert.same({ "b", "a", "c" }, s:most_called(3))
    end)
end)
