local series = require("lab.series")

describe("a time series", function()
    it("says of each step what was due in it", function()
        local s = series.new()
        s:arrive(0.5, 1, 0)
        s:arrive(0.7, 2, 1)
        s:complete(0.5, 10)
        s:complete(0.7, 30)
        assert.same({ sent = 2, completed = 2, sum = 40, most = 30, open = 2, waiting = 1 },
            s.bins[1])
    end)

    it("has a bounded number of steps, however long the run", function()
        local s, sent = series.new(), 0
        for i = 0, 9999 do
            s:arrive(i * 100, i % 50, 0)
        end
        assert.is_true(s:count() > 120 and s:count() <= 240)
        for i = 1, s:count() do
            sent = sent + s.bins[i].sent
        end
        assert.equal(10000, sent)
        assert.equal(49, s.bins[s:count() - 1].open)
    end)

    it("leaves out what is empty", function()
        local s = series.new()
        s:arrive(1e6, 1, 0)
        s:complete(1e6, 1)
        assert.is_nil(s.bins[1])
        assert.equal(1, s.bins[s:count()].completed)
    end)
end)
