local format = require("lab.format")
local measures = require("lab.measures")

local function value(key, outcome)
    return measures.value(measures.by_key[key], outcome)
end

describe("the measures", function()
    it("each have a title, a sentence and a way to be written", function()
        for _, measure in ipairs(measures.rows) do
            assert.is_function(format[measure.kind], measure.key)
            assert.is_true(#measure.title > 0 and #measure.text > 5)
        end
    end)

    it("do not apply to what never happened", function()
        local none = { sent = 0, completed = 0, failed = 0, lost = 0, cold = 0, mean_ms = 0 }
        for _, key in ipairs({ "mean_ms", "cold_ratio", "unanswered", "diverted" }) do
            assert.is_nil(value(key, none))
        end
    end)

    it("count what failed and what was lost", function()
        assert.equal(0.25, value("unanswered", { sent = 8, failed = 1, lost = 1 }))
    end)

    it("tell how often a threshold took effect", function()
        assert.equal(0.1, value("diverted", { sent = 20, counters = { diverted = 2 } }))
    end)
end)
