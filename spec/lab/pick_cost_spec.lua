local pick_cost = require("lab.pick_cost")

describe("the cost of a pick", function()
    it("is measured", function()
        assert.is_true(assert(pick_cost.measure("round_robin", {}, 5)) > 0)
    end)

    it("is unknown of a policy that fails", function()
        assert.is_nil(pick_cost.measure("package_aware", { nosuch = 1 }, 5))
    end)
end)
