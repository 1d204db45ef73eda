local literal = require("gateway.literal")

describe("literal", function()
    it("gives back what it was given", function()
        local value = {
            text = "a\n\"b\"\0\r\\", number = 0.1, large = 2 ^ 53, small = -1e-300, yes = true,
            no = false, list = { 1, { 2 } }, [1] = "one", ["two words"] = {},
        }
        assert.same(value, load("return " .. literal.encode(value))())
    end)

    it("gives the same text for the same value", function()
        local one, other = {}, {}
        for i = 1, 100 do
            one["k" .. i], other["k" .. 101 - i] = true, true
        end
        assert.equal(literal.encode(one), literal.encode(other))
    end)
end)
