--- A comparison for other programs: everything as JSON, or one row per run as CSV.
local exports = {}

local aggregate = require("lab.aggregate")
local cjson = require("cjson")

local COLUMNS = { "sent", "completed", "failed", "lost", "waited", "mean_ms", "p50_ms", "p90_ms",
    "p95_ms", "p99_ms", "p999_ms", "max_ms", "over_1s", "over_10s", "over_50s", "slowdown", "cold",
    "installed", "missing", "variation", "imbalance", "peak", "errors", "seconds" }

local function entry_of(policy, first)
    local outcomes = policy.outcomes
    local difference = policy ~= first and #outcomes == #first.outcomes and #outcomes > 0
        and aggregate.difference(outcomes, first.outcomes) or nil
    return {
        policy = policy.label, runs = outcomes, means = aggregate.means(outcomes),
        workers = {
            served = aggregate.by_worker(outcomes, "served"),
            busy_ms = aggregate.by_worker(outcomes, "busy_ms"),
            peaks = aggregate.by_worker(outcomes, "peaks"),
        },
        against_first = difference,
    }
end

--- What compare.run() returned, whole; `run` says what was run: name and text pairs.
function exports.json(policies, run)
    local list = {}
    for i, policy in ipairs(policies) do
        list[i] = entry_of(policy, policies[1])
    end
    return cjson.encode({ run = run, policies = list }) .. "\n"
end

local function quoted(text)
    return text:find('[,"]') and '"' .. text:gsub('"', '""') .. '"' or text
end

--- The same as CSV, a row for each policy and seed.
function exports.csv(policies)
    local lines = { "policy,seed," .. table.concat(COLUMNS, ",") }
    for _, policy in ipairs(policies) do
        for seed, outcome in ipairs(policy.outcomes) do
            local fields = { quoted(policy.label), seed }
            for _, column in ipairs(COLUMNS) do
                fields[#fields + 1] = ("%.10g"):format(outcome[column])
            end
            lines[#lines + 1] = table.concat(fields, ",")
        end
    end
    return table.concat(lines, "\n") .. "\n"
end

return exports
