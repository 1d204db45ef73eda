local wording = require("gateway.wording")

describe("gateway.wording", function()
    it("quotes values as people write them", function()
        for expected, value in pairs({
            ["30"] = 30, ["0.2"] = 0.2, ["1000000000"] = 1e9, ["-1"] = -1, ["inf"] = 1 / 0,
            ["true"] = true, ['"a"'] = "a", ["a table"] = {}, ["a function"] = print,
        }) do
            assert.equal(expected, wording.describe(value))
        end
        assert.equal("nothing", wording.describe(nil))
        assert.equal("NaN", wording.describe(0 / 0))
    end)

    it("keeps to one line and to a length", function()
        assert.equal("\"a\\nb\\1\"", wording.describe("a\nb\1"))
        assert.equal(62, #wording.describe(("x"):rep(1000)))
        assert.equal("a\\nb?c", wording.one_line("a\nb\127c"))
    end)

    it("suggests the nearest word, or all there are", function()
        assert.equal('; did you mean "head"?', wording.remedy("heads", { "head", "body" }))
        assert.equal("; known are head, body", wording.remedy("x", { "head", "body" }))
    end)

    it("fills lines", function()
        assert.equal("one two\nthree\nfour-five-six\n7", wording.wrap(
            "one  two three\nfour-five-six 7", 7))
        assert.equal("", wording.wrap("", 7))
    end)
end)
