local popularity = require("lab.popularity")

local function sum(shares, count)
    local total = 0
    for i = 1, count do
        total = total + shares[i]
    end
    return total
end

describe("popularity", function()
    it("has the shares of Azure's functions", function()
        local shares = popularity.azure2021(424)
        assert.equal(424, #shares)
        for count, share in pairs({ [1] = 0.27, [5] = 0.57, [10] = 0.73, [20] = 0.84, [50] = 0.94,
            [424] = 1 }) do
            assert.near(share, sum(shares, count), 1e-9)
        end
    end)

    it("never rises from one function to the next", function()
        local shares = popularity.azure2021(424)
        for i = 2, 424 do
            assert.is_true(shares[i] <= shares[i - 1])
        end
    end)

    it("follows Zipf's law", function()
        assert.same({ 1, 1 / 2, 1 / 3 }, popularity.zipf(3, 1))
    end)
end)
