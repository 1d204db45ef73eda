--- What went on over time: latency, and how many requests were there.
local figure_time = {}

local axis = require("lab.page.axis")

local function line(policy, look, row)
    return { type = "scatter", mode = "lines", name = axis.text(policy.label),
        legendgroup = policy.label, showlegend = row == "y", x = {}, y = {}, xaxis = "x",
        yaxis = row, line = { color = look.colour, dash = look.dash, width = 1.5 } }
end

local function add(trace, x, y)
    trace.x[#trace.x + 1], trace.y[#trace.y + 1] = axis.short(x), axis.short(y)
end

-- Lines of one policy: latency, open and waiting requests, by the time at which they were due.
local function lines_of(part, policy, look)
    local series = policy.details.series
    local latency, open = line(policy, look, "y"), line(policy, look, "y2")
    local waiting, has_waiting = line(policy, look, "y3"), false
    for i = 1, series:count() do
        local bin, at = series.bins[i], (i - 0.5) * series.width / 1000
        if bin then
            if bin.completed > 0 then
                add(latency, at, bin.sum / bin.completed * part.unit.per_ms)
            end
            add(open, at, bin.open)
            add(waiting, at, bin.waiting)
            has_waiting = has_waiting or bin.waiting > 0
        end
    end
    return latency, open, has_waiting and waiting or nil
end

local function rows_of(part, has_waiting)
    local layout = {
        height = has_waiting and 640 or 480, legend = axis.LEGEND, hovermode = "closest",
        showlegend = true,
        xaxis = axis.linear("time at which requests were due (s)",
            { anchor = has_waiting and "y3" or "y2" }),
        yaxis = axis.latency(part.unit, "mean latency"),
        yaxis2 = axis.linear("requests in the system"),
    }
    layout.yaxis.domain = has_waiting and { 0.7, 1 } or { 0.54, 1 }
    layout.yaxis2.domain = has_waiting and { 0.35, 0.65 } or { 0, 0.46 }
    if has_waiting then
        layout.yaxis3 = axis.linear("requests that wait", { domain = { 0, 0.3 } })
    end
    return layout
end

--- nil where there are no details.
function figure_time.make(part)
    local traces, has_waiting = {}, false
    for i, policy in ipairs(part.policies) do
        if policy.details and policy.details.series:count() > 0 then
            local latency, open, waiting = lines_of(part, policy, part.looks[i])
            for _, trace in ipairs({ latency, open, waiting }) do
                table.insert(traces, trace)
            end
            has_waiting = has_waiting or waiting ~= nil
        end
    end
    return #traces > 0 and {
        title = "Over time", traces = traces, layout = rows_of(part, has_waiting),
        caption = "Mean latency of the requests that were due in each step, and the most that were "
            .. "in flight" .. (has_waiting and " or waiting" or "") .. " then.  Of the first run.",
    } or nil
end

return figure_time
