--- A comparison in words: a table of at most 100 columns, and what to make of it.
local report = {}

local duration = require("lab.summary").duration
local statistics = require("lab.statistics")
local text_table = require("lab.table")

local HEAD = { "policy", "mean", "± 95 %", "p50", "p99", "max", "cold", "installed", "failed",
    "diverted" }

local LABEL = 24 -- columns of the table's first one

local function values_of(outcomes, field)
    local values = {}
    for i, outcome in ipairs(outcomes) do
        values[i] = outcome[field]
    end
    return values
end

local function mean_of(outcomes, field)
    return (statistics.mean(values_of(outcomes, field)))
end

local function percent(share)
    return share == 0 and "0" or ("%.1f %%"):format(share * 100)
end

-- Requests that were not completed, of all that were sent.
local function loss_of(outcomes)
    local sent, lost = 0, 0
    for _, outcome in ipairs(outcomes) do
        sent, lost = sent + outcome.sent, lost + outcome.failed + outcome.lost
    end
    return sent > 0 and lost / sent or 0
end

local function diverted_of(outcomes)
    local sum
    for _, outcome in ipairs(outcomes) do
        local diverted = outcome.counters.diverted
        sum = diverted and (sum or 0) + diverted / outcome.sent or sum
    end
    return sum and percent(sum / #outcomes) or "-"
end

local function row_of(policy)
    local outcomes = policy.outcomes
    local mean, half = statistics.mean(values_of(outcomes, "mean_ms"))
    local cold = {}
    for i, outcome in ipairs(outcomes) do
        cold[i] = outcome.completed > 0 and outcome.cold / outcome.completed or 0
    end
    return { policy.label, duration(mean), half and duration(half) or "-",
        duration(mean_of(outcomes, "p50_ms")), duration(mean_of(outcomes, "p99_ms")),
        duration(mean_of(outcomes, "max_ms")), percent((statistics.mean(cold))),
        ("%.0f"):format(mean_of(outcomes, "installed")), percent(loss_of(outcomes)),
        diverted_of(outcomes) }
end

-- A label that would make the table wider than 100 columns gets a line of its own.
local function wrap(rows)
    local wrapped = {}
    for _, row in ipairs(rows) do
        if #row[1] > LABEL then
            wrapped[#wrapped + 1] = { row[1] }
            row[1] = ""
        end
        wrapped[#wrapped + 1] = row
    end
    return wrapped
end

-- How one policy's mean compares with the first one's, on the same requests.
local function verdict(policy, first)
    local base = mean_of(first.outcomes, "mean_ms")
    local difference, half = statistics.difference(
        values_of(policy.outcomes, "mean_ms"), values_of(first.outcomes, "mean_ms"))
    local change = ("%+.1f %%"):format(difference / base * 100)
    if not half then
        return ("%s: %s in the mean (one seed: no telling whether by chance)"):format(
            policy.label, change)
    elseif math.abs(difference) <= half then
        return ("%s: %s in the mean, not distinguishable"):format(policy.label, change)
    end
    return ("%s: %s ± %.1f %% in the mean"):format(policy.label, change, half / base * 100)
end

--- The lines of the report on what compare.run() returned; policies without outcomes are left out.
function report.lines(policies)
    local rows, compared = { HEAD }, {}
    for _, policy in ipairs(policies) do
        if #policy.outcomes == #policies[1].outcomes and #policy.outcomes > 0 then
            rows[#rows + 1] = row_of(policy)
            compared[#compared + 1] = policy
        end
    end
    local lines = text_table.lines(wrap(rows))
    for i = 2, #compared do
        lines[#lines + 1] = (i == 2 and "\nagainst " .. compared[1].label .. ":\n  " or "  ")
            .. verdict(compared[i], compared[1])
    end
    for _, policy in ipairs(compared) do
        local outcome = policy.outcomes[1]
        if outcome.errors > 0 then
            lines[#lines + 1] = ("%s: %d errors, such as: %s"):format(
                policy.label, outcome.errors, outcome.last_error)
        end
    end
    return lines
end

return report
