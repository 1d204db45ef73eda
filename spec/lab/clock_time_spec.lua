local clock_time = require("lab.clock_time")

describe("a time of day", function()
    it("is read as milliseconds since 1970", function()
        assert.equal(0, clock_time.read("1970-01-01T00:00:00"))
        assert.equal(1500, clock_time.read("1970-01-01 00:00:01.5Z"))
        assert.equal(951782400000, clock_time.read("2000-02-29T00:00:00Z"))
    end)

    it("is none when it is written otherwise", function()
        assert.is_nil(clock_time.read("noon"))
        assert.is_nil(clock_time.read("1970-01-01T00:00:1.2.3"))
    end)
end)
