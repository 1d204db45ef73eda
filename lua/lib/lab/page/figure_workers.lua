--- Requests and busy time of each worker: Figure 3.11.
local figure_workers = {}

local aggregate = require("lab.aggregate")
local axis = require("lab.page.axis")

local BARS = 24 -- workers that have bars of their own

-- Bars by worker, or a falling line where there are too many for bars.
local function trace_of(policy, look, values, is_many)
    local trace = { name = axis.text(policy.label), legendgroup = policy.label, x = {}, y = {} }
    if is_many then
        table.sort(values, function(a, b) return a > b end)
        trace.type, trace.mode = "scatter", "lines"
        trace.line = { color = look.colour, dash = look.dash, width = 2, shape = "hv" }
    else
        trace.type, trace.marker = "bar", { color = look.colour }
    end
    for i, value in ipairs(values) do
        trace.x[i], trace.y[i] = i, axis.short(value)
    end
    return trace
end

local function seconds(list)
    for i, value in ipairs(list) do
        list[i] = value / 1000
    end
    return list
end

--- nil where nobody knows the workers.
function figure_workers.make(part)
    if not part.policies[1].outcomes[1].served then
        return nil
    end
    local traces, is_many = {}, false
    for i, policy in ipairs(part.policies) do
        local served = aggregate.by_worker(policy.outcomes, "served")
        local busy = seconds(aggregate.by_worker(policy.outcomes, "busy_ms"))
        is_many = #served > BARS
        table.insert(traces, trace_of(policy, part.looks[i], served, is_many))
        local lower = trace_of(policy, part.looks[i], busy, is_many)
        lower.xaxis, lower.yaxis, lower.showlegend = "x2", "y2", false
        table.insert(traces, lower)
    end
    local title = is_many and "workers, the busiest first" or "worker"
    local step = not is_many and 1 or nil
    return {
        title = "Requests and busy time of each worker", traces = traces,
        layout = {
            height = 380, legend = axis.LEGEND, hovermode = "closest", showlegend = true,
            bargap = 0.25,
            xaxis = axis.linear(title,
                { domain = { 0, 0.46 }, dtick = step, rangemode = "normal", showgrid = false }),
            yaxis = axis.linear("requests per run"),
            xaxis2 = axis.linear(title, { domain = { 0.56, 1 }, dtick = step, anchor = "y2",
                rangemode = "normal", showgrid = false }),
            yaxis2 = axis.linear("core time per run (s)", { anchor = "x2" }),
        },
        caption = "Means of the runs.  Core time is what the requests of a worker used, "
            .. "installing and running; workers that share a machine share its cores.",
    }
end

return figure_workers
