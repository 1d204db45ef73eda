local cjson = require("cjson")
local details = require("lab.details")
local drawn = require("lab.drawn")
local histogram = require("lab.histogram")

describe("what a report draws", function()
    it("survives being written as JSON", function()
        local latency, kept = histogram.new(), details.new()
        for i = 1, 1000 do
            kept:arrive(i, i % 7, i % 3)
            kept:complete("f" .. i % 2, i, i * 2)
            latency:add(i * 2)
        end
        local again, details_again =
            drawn.unpack(cjson.decode(cjson.encode(drawn.pack(latency, kept))))
        assert.equal(1000, again.count)
        assert.equal(2000, again.most)
        assert.equal(latency:quantile(0.9), again:quantile(0.9))
        assert.same(kept.series.bins, details_again.series.bins)
        assert.equal(kept.series.width, details_again.series.width)
        assert.same(kept.samples.of, details_again.samples.of)
    end)

    it("is bounded", function()
        local latency, kept = histogram.new(), details.new()
        for i = 1, 100000 do
            kept:arrive(i, 1, 0)
            kept:complete("f" .. i % 500, i, i)
            latency:add(i)
        end
        assert.is_true(#cjson.encode(drawn.pack(latency, kept)) < 600000)
    end)

    it("may be nothing", function()
        local latency = drawn.unpack(cjson.decode(cjson.encode(
            drawn.pack(histogram.new(), details.new()))))
        assert.equal(0, latency.count)
    end)
end)
