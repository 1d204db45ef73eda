local keys = require("picket.keys")

describe("picket.keys", function()
    it("lists the keys of a table in order", function()
        assert.same({ "a", "b", "c" }, keys.sorted({ b = 1, c = false, a = {} }))
        assert.same({ 1, 2, 10 }, keys.sorted({ [10] = "x", [2] = "y", [1] = "z" }))
        assert.same({}, keys.sorted({}))
    end)

    it("sorts as it is told", function()
        local function later(a, b)
            return a > b
        end
        assert.same({ "c", "b", "a" }, keys.sorted({ b = 1, c = 2, a = 3 }, later))
    end)
end)
