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

-- The part with what was measured among its policies: it looks like the one that was simulated.
local function with_measured(part)
    local all = { unit = part.unit, vary = part.vary, policies = {}, looks = {} }
    for i, policy in ipairs(part.policies) do
        local found, look = part.measured and part.measured[policy.label], part.looks[i]
        table.insert(all.policies, policy)
        table.insert(all.looks, look)
        if found then
            table.insert(all.policies, found)
            table.insert(all.looks, { colour = look.colour, dash = "dot", symbol = look.symbol })
        end
    end
    return all
end

-- The part with what its figures share.
local function prepare(given)
    local part, logarithms = {}, 0
    for name, value in pairs(given) do
        part[name] = value
    end
    part.policies = aggregate.compared(given.policies)
    for _, policy in ipairs(part.policies) do
        logarithms = logarithms + math.log(math.max(1, policy.latency:mean()))
    end
    part.unit = axis.unit(math.exp(logarithms / #part.policies))
    part.looks = looks.of(#part.policies, given.vary ~= nil)
    part.all = with_measured(part)
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
-- (name, values), references (title, and by label what was measured elsewhere) measured (by label
-- what lab.measured loads) and is_timeless (its times mean nothing).
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
            distribution.curves(part.all), distribution.boxes(part.all)),
        section("Differences", means.differences(part), tables.differences(policies)),
        section("Latency by function", unpack(functions.list(part.all))),
        section("Workers", workers.make(part), tables.workers(policies),
            tables.measures(policies, "workers", "Cold starts, packages and balance, each the mean "
                .. "of the runs.")),
        section("Over time", not part.is_timeless and time.make(part) or nil),
    }
end

return sections
