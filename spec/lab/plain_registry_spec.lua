local plain_registry = require("lab.plain_registry")

describe("a plain registry", function()
    it("has functions without packages, in order", function()
        local known = plain_registry.generate(12)
        assert.same({ "fn01", "fn12", 12 }, { known.names[1], known.names[12], #known.names })
        assert.same({ packages = {}, install_order = {}, number = 12, path = "/run/fn12" },
            known.functions.fn12)
    end)
end)
