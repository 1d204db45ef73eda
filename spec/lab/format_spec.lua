local format = require("lab.format")

describe("a quantity", function()
    it("is written as people do", function()
        assert.same({ "123 ms", "850 ns", "1.25 us" }, { format.duration(123.4),
            format.nanoseconds(850), format.nanoseconds(1250) })
        assert.same({ "0", "0.020 %", "12.3 %" }, { format.share(0), format.share(0.0002),
            format.share(0.1234) })
        assert.same({ "3", "3.4", "1493" }, { format.count(3), format.count(3.4),
            format.count(1492.6) })
        assert.equal("0.46", format.ratio(0.456))
    end)
end)
