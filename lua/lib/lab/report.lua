--- A comparison in words: a table of at most 100 columns, and what to make of it.
local report = {}

local aggregate = require("lab.aggregate")
local format = require("lab.format")
local measures = require("lab.measures")
local text_table = require("lab.table")

-- After the policy and the mean with its uncertainty.
local COLUMNS = { "p50_ms", "p99_ms", "max_ms", "cold_ratio", "installed", "unanswered",
    "diverted" }

local RED, PLAIN = "\27[31m", "\27[0m"

local function text_of(means, key)
    local value, kind = means[key], measures.by_key[key].kind
    return value and format[kind](value.mean) or "-"
end

local function head()
    local titles = { "policy", "mean", "± 95 %" }
    for _, key in ipairs(COLUMNS) do
        titles[#titles + 1] = measures.by_key[key].title
    end
    return titles
end

local function row_of(policy, is_colour)
    local means = aggregate.means(policy.outcomes)
    local half = means.mean_ms and means.mean_ms.ci95
    local row = { policy.label, text_of(means, "mean_ms"), half and format.duration(half) or "-" }
    for _, key in ipairs(COLUMNS) do
        row[#row + 1] = text_of(means, key)
    end
    if is_colour and aggregate.is_doubtful(policy.outcomes) then
        for i = 2, #row do
            row[i] = RED .. row[i] .. PLAIN
        end
    end
    return row
end

--- How one policy's mean compares with the first one's, on the same requests, in a few words.
function report.verdict(policy, first)
    local difference = aggregate.difference(policy.outcomes, first.outcomes)
    if not difference then
        return "nothing to compare"
    end
    local change = ("%+.1f %%"):format(difference.share * 100)
    if difference.is_clear == nil then
        return change .. " in the mean (one run: no telling whether by chance)"
    elseif not difference.is_clear then
        return change .. " in the mean, not distinguishable"
    end
    local half = difference.ci95 / (difference.mean_ms / difference.share)
    return ("%s ± %.1f %% in the mean"):format(change, half * 100)
end

-- What a reader must know before believing the table.
local function warnings(compared)
    local lines = {}
    for _, policy in ipairs(compared) do
        local outcome = policy.outcomes[1]
        if aggregate.is_doubtful(policy.outcomes) then
            lines[#lines + 1] = ("%s: over %.1f %% not completed, so its latencies look too good")
                :format(policy.label, aggregate.DOUBTFUL * 100)
        end
        if outcome.errors > 0 then
            lines[#lines + 1] = ("%s: %d errors, such as: %s"):format(
                policy.label, outcome.errors, outcome.last_error)
        end
    end
    return lines
end

--- The lines of the report on what compare.run() returned; policies without outcomes are left out.
-- `is_colour`: on a terminal that shows red.
function report.lines(policies, is_colour)
    local compared, rows = aggregate.compared(policies), { head() }
    for i, policy in ipairs(compared) do
        rows[i + 1] = row_of(policy, is_colour)
    end
    local lines = text_table.narrow(rows)
    for i = 2, #compared do
        if i == 2 then
            lines[#lines + 1] = ""
            lines[#lines + 1] = ("against %s:"):format(compared[1].label)
        end
        lines[#lines + 1] = ("  %s: %s"):format(
            compared[i].label, report.verdict(compared[i], compared[1]))
    end
    for _, line in ipairs(warnings(compared)) do
        lines[#lines + 1] = line
    end
    return lines
end

--- What the columns of the table mean, in lines.
function report.legend()
    local rows = {
        { "mean", measures.by_key.mean_ms.text },
        { "± 95 %", "half the 95 % confidence interval of the mean, over the seeds" },
    }
    for _, key in ipairs(COLUMNS) do
        local measure = measures.by_key[key]
        rows[#rows + 1] = { measure.title, measure.text }
    end
    local lines = {}
    for i, row in ipairs(rows) do
        local gap = (" "):rep(11 - text_table.width(row[1]))
        lines[i] = "  " .. row[1] .. gap .. row[2]
    end
    return lines
end

return report
