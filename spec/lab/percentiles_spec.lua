local percentiles = require("lab.percentiles")

describe("percentiles", function()
    it("are joined by straight lines", function()
        local shares, values = { 0, 0.25, 0.5, 1 }, { 10, 20, 20, 120 }
        for share, value in pairs({ [0] = 10, [0.125] = 15, [0.25] = 20, [0.4] = 20, [0.75] = 70,
            [1] = 120 }) do
            assert.near(value, percentiles.at(shares, values, share), 1e-9)
        end
    end)
end)
