local looks = require("lab.page.looks")

describe("the looks of policies", function()
    it("all differ", function()
        local seen = {}
        for _, look in ipairs(looks.of(32, false)) do
            local key = look.colour .. look.dash
            assert.is_nil(seen[key])
            seen[key] = true
        end
    end)

    it("are a scale when one option varies", function()
        local list = looks.of(3, true)
        assert.same({ "~0.000", "~0.500", "~1.000" },
            { list[1].colour, list[2].colour, list[3].colour })
        assert.equal("~0.000", looks.of(1, true)[1].colour)
    end)
end)
