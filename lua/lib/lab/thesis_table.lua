--- What was simulated beside what was measured, as rows of texts.
local thesis_table = {}

local aggregate = require("lab.aggregate")
local format = require("lab.format")

local SHOWN = { "p50_ms", "p99_ms", "over_10s" }
local KINDS = { over_10s = "share" }
local TITLES = { p50_ms = "p50", p99_ms = "p99", over_10s = "> 10 s" }

local function text_of(value, key)
    return value and format[KINDS[key] or "duration"](value) or "-"
end

-- A row of cells, those about 2018 only where there are facts.
local function row_of(facts, label, mean, half, measured, of)
    local row = { label, mean, half, facts and measured }
    for _, key in ipairs(SHOWN) do
        local simulated, known = of(key)
        row[#row + 1] = simulated
        row[#row + 1] = facts and known
    end
    return row
end

--- A head and a row for each policy.  `facts`: by label, may be nil.
function thesis_table.rows(policies, facts)
    local rows = { row_of(facts, "policy", "mean", "± 95 %", "2018", function(key)
        return TITLES[key], "2018"
    end) }
    for i, policy in ipairs(policies) do
        local means, known = aggregate.means(policy.outcomes), facts and facts[policy.label] or {}
        local mean = means.mean_ms or {}
        rows[i + 1] = row_of(facts, policy.label, text_of(mean.mean), text_of(mean.ci95),
            text_of(known.mean_ms), function(key)
                return text_of(means[key] and means[key].mean, key), text_of(known[key], key)
            end)
    end
    return rows
end

return thesis_table
