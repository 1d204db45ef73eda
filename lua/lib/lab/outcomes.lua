--- The outcomes of several replays, one row each.
local outcomes = {}

local cjson = require("cjson")
local files = require("gateway.files")
local summary = require("lab.summary")
local text_table = require("lab.table")

local HEAD = { "policy", "requests", "mean", "p50", "p99", "cold starts", "packages installed" }

local function row_of(name, outcome)
    local of, requests = summary.duration, tostring(outcome.completed)
    if outcome.completed < outcome.sent then
        requests = ("%d of %d"):format(outcome.completed, outcome.sent)
    end
    return { name, requests, of(outcome.mean_ms), of(outcome.p50_ms), of(outcome.p99_ms),
        outcome.cold, outcome.installed }
end

--- The lines of a table of { name, outcome } pairs, where an outcome is what summary's to_table()
-- returns.
function outcomes.lines(list)
    local rows = { HEAD }
    for i, pair in ipairs(list) do
        rows[i + 1] = row_of(pair[1], pair[2])
    end
    return text_table.lines(rows)
end

--- Reads what `picket replay --json` wrote; nil and a message when it is something else.
function outcomes.load(path)
    local text, reason = files.read(path)
    if not text then
        return nil, path .. ": " .. reason
    end
    local is_json, outcome = pcall(cjson.decode, text)
    if not is_json or type(outcome) ~= "table" or not outcome.sent then
        return nil, path .. ": not an outcome that picket replay --json wrote"
    end
    return outcome
end

return outcomes
