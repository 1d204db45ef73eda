local aggregate = require("lab.aggregate")

local function outcome(mean_ms, fields)
    local made = { sent = 100, completed = 100, failed = 0, lost = 0, mean_ms = mean_ms, cold = 0,
        missing = 0,
        served = { 60, 40 } }
    for key, value in pairs(fields or {}) do
        made[key] = value
    end
    return made
end

describe("outcomes taken together", function()
    it("have a mean with its uncertainty", function()
        local means = aggregate.means({ outcome(10), outcome(20) })
        assert.equal(15, means.mean_ms.mean)
        assert.near(12.706 * 5, means.mean_ms.ci95, 1e-6)
        assert.is_nil(aggregate.means({ outcome(10) }).mean_ms.ci95)
        assert.is_nil(means.diverted)
    end)

    it("have means by worker", function()
        assert.same({ 50, 50 }, aggregate.by_worker(
            { outcome(1), outcome(1, { served = { 40, 60 } }) }, "served"))
    end)

    it("differ clearly, or may do so by chance", function()
        local first = { outcome(10), outcome(110) }
        local clear = aggregate.difference({ outcome(20), outcome(120) }, first)
        assert.same({ 10, 0, true }, { clear.mean_ms, clear.ci95, clear.is_clear })
        assert.near(1 / 6, clear.share, 1e-9)
        assert.is_false(aggregate.difference({ outcome(20), outcome(90) }, first).is_clear)
        assert.is_nil(aggregate.difference({ outcome(20) }, { outcome(10) }).is_clear)
        assert.is_nil(aggregate.difference({ outcome(0, { completed = 0 }) }, { outcome(10) }))
        assert.equal(0, aggregate.difference({ outcome(0) }, { outcome(0) }).share)
    end)

    it("are doubtful when more than 0.5 % were not completed", function()
        assert.is_false(aggregate.is_doubtful({ outcome(1, { sent = 1000, lost = 5 }) }))
        assert.is_true(aggregate.is_doubtful({ outcome(1, { sent = 1000, lost = 6 }) }))
    end)

    it("leave out policies that were not run as often as the first", function()
        local policies = { { outcomes = { {}, {} } }, { outcomes = { {} } } }
        assert.equal(1, #aggregate.compared(policies))
    end)
end)
