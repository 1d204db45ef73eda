local measured = require("lab.measured")
local scratch = require("scratch")

describe("what was measured", function()
    local place
    before_each(function() place = scratch.new() end)
    after_each(function() place.remove() end)

    it("is read from Pipbench's log", function()
        local path = place.write("a.log",
            "[2018-08-04T23:28:57.224692] handler: f status: 200 in: 100 ms\n"
            .. "[2018-08-04T23:28:58.224692] handler: f status: 200 in: 300 ms\n"
            .. "\tAvg latency: 200\n")
        local made = measured.load(path, "it")
        assert.equal("it", made.label)
        assert.equal(200, made.latency:mean())
        assert.equal(2, made.details.samples.of.f.seen)
    end)

    it("is not read from other files", function()
        local path = place.write("a.log", "nothing\n")
        assert.equal(path .. ":1: expected lines like [TIME] handler: NAME status: 200 in: 120 ms",
            select(2, measured.load(path, "it")))
        assert.is_nil((measured.load("/no/file", "it")))
    end)
end)
