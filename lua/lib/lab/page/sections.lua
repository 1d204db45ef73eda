--- What a part of a report shows, in its order: headings, tables and figures.
local sections = {}

local aggregate = require("lab.aggregate")
local axis = require("lab.page.axis")
local distribution = require("lab.page.figure_distribution")
local functions = require("lab.page.figure_functions")
local looks = require("lab.page.looks")
local means = require("lab.page.figure_means")
local sweep = require("lab.page.figure_sweep")
local tables = require("lab.page.tables")
local time = require("lab.page.figure_time")
local workers = require("lab.page.figure_workers")

-- The part with what its figures share.
local function prepare(given)
    local part, least = {}, math.huge
    for name, value in pairs(given) do
        part[name] = value
    end
    part.policies = aggregate.compared(given.policies)
    for _, policy in ipairs(part.policies) do
        least = math.min(least, policy.latency:mean())
    end
    part.unit, part.looks = axis.unit(least), looks.of(#part.policies, given.vary ~= nil)
    return part
end

local function section(title, ...)
    local blocks = { heading = title }
    for i = 1, select("#", ...) do
        local block = select(i, ...)
        if block and block ~= "" then
            blocks[#blocks + 1] = block
        end
    end
    return blocks
end

--- The sections of a part: each has a heading and blocks, a text of HTML or a figure (title,
-- caption, traces, layout).  A part has policies (of compare.run), and may have title, text, vary
-- (name, values) and references (title, and by label what was measured elsewhere).
function sections.of(given)
    local part = prepare(given)
    local policies = part.policies
    if #policies == 0 then
        return {}
    end
    return {
        section("What became of the requests", tables.measures(policies, "requests",
            "Requests of a run, mean of the runs.  Red: over 0.5 % failed or were lost, so that "
            .. "latencies look better than they are.")),
        section("Latency", sweep.make(part), not part.vary and means.bars(part) or nil,
            tables.measures(policies, "latency", "Latencies of the completed requests, each the "
                .. "mean of the runs; a share counts all that took longer."),
            distribution.curves(part), distribution.boxes(part)),
        section("Differences", means.differences(part), tables.differences(policies)),
        section("Latency by function", unpack(functions.list(part))),
        section("Workers", workers.make(part), tables.workers(policies),
            tables.measures(policies, "workers", "Cold starts, packages and balance, each the mean "
                .. "of the runs.")),
        section("Over time", time.make(part)),
    }
end

return sections
