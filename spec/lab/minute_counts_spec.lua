local minute_counts = require("lab.minute_counts")
local random = require("lab.random")

describe("counts per minute", function()
    it("become calls that are spread evenly over their minutes", function()
        local counts, sum, calls = minute_counts.new(3), 0, { 0, 0 }
        counts:add(2, 1, 3000)
        counts:add(2, 2, 1000)
        assert.equal(4000, counts.calls)
        local first_half = 0
        for due, func in counts:arrivals(random.new(1)) do
            assert.is_true(due >= 60000 and due < 120000)
            sum, calls[func] = sum + due, calls[func] + 1
            if due < 90000 and func == 2 then
                first_half = first_half + 1
            end
        end
        assert.same({ 3000, 1000 }, calls)
        assert.near(90000, sum / 4000, 1000)
        assert.near(500, first_half, 60)
    end)

    it("are as many as one adds", function()
        local counts = minute_counts.new(1)
        for func = 1, 100 do
            counts:add(1, func, 1)
        end
        local seen, count = {}, 0
        for _, func in counts:arrivals(random.new(1)) do
            seen[func], count = true, count + 1
        end
        assert.equal(100, count)
        assert.equal(100, #seen)
    end)
end)
