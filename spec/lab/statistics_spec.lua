local statistics = require("lab.statistics")

describe("statistics", function()
    it("gives the mean and its 95 % interval", function()
        local mean, half = statistics.mean({ 1, 2, 3, 4, 5 })
        assert.equal(3, mean)
        assert.near(2.776 * math.sqrt(2.5 / 5), half, 1e-9)
    end)

    it("knows no interval for a single value", function()
        assert.same({ 7 }, { statistics.mean({ 7 }) })
    end)

    it("compares pair by pair", function()
        local mean, half = statistics.difference({ 11, 102, 1003 }, { 10, 100, 1000 })
        assert.equal(2, mean)
        assert.near(4.303 / math.sqrt(3), half, 1e-9)
    end)

    it("uses Student's t for many values as well", function()
        for count, t in pairs({ [31] = 2.0423, [32] = 2.0395, [41] = 2.0211, [101] = 1.9840 }) do
            local list = {}
            for i = 1, count do
                list[i] = i == 1 and count or 0 -- mean 1, standard error 1
            end
            local _, half = statistics.mean(list)
            assert.near(t, half, 5e-4)
        end
    end)
end)
