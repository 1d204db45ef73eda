local axis = require("lab.page.axis")
local cjson = require("cjson")

describe("an axis", function()
    it("has a unit that suits what it shows", function()
        assert.equal("ms", axis.unit(120).name)
        assert.equal("s", axis.unit(12000).name)
        assert.equal(12, 12000 * axis.unit(12000).per_ms)
    end)

    it("has numbers of five digits, and gaps", function()
        assert.equal(1.2346, axis.short(1.23456789))
        assert.equal(cjson.null, axis.short(0 / 0))
        assert.equal(cjson.null, axis.short(math.huge))
        assert.equal(cjson.null, axis.short(nil))
    end)

    it("has a title and what else is asked for", function()
        assert.same(
            { title = { text = "x (s)" }, type = "log", exponentformat = "none", dtick = 1 },
            axis.latency(axis.unit(1e6), "x", { dtick = 1 }))
        assert.equal("tozero", axis.linear("x").rangemode)
        assert.equal("category", axis.names().type)
    end)
end)
