--- A comparison for other programs: everything as JSON, or one row per run as CSV.
local exports = {}

local cjson = require("cjson")

local COLUMNS = { "sent", "completed", "failed", "lost", "waited", "mean_ms", "p50_ms", "p90_ms",
    "p95_ms", "p99_ms", "p999_ms", "max_ms", "over_1s", "over_10s", "over_50s", "slowdown", "cold",
    "installed", "missing", "variation", "imbalance", "peak", "errors", "seconds" }

--- What compare.run() returned, whole.
function exports.json(policies)
    local list = {}
    for i, policy in ipairs(policies) do
        list[i] = { policy = policy.label, runs = policy.outcomes }
    end
    return cjson.encode({ policies = list }) .. "\n"
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
