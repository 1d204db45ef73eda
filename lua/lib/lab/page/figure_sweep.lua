--- What the value of an option does: Figure 3.7.
local figure_sweep = {}

local aggregate = require("lab.aggregate")
local axis = require("lab.page.axis")

-- The values as numbers where all are, else as they were written.
local function values_of(part)
    local values, low, high = {}, math.huge, -math.huge
    for i, value in ipairs(part.vary.values) do
        local number = tonumber(value)
        if not number then
            return part.vary.values, { type = "category" }
        end
        values[i], low, high = number, math.min(low, number), math.max(high, number)
    end
    if low > 0 and high / low >= 20 then
        return values, { type = "log", exponentformat = "none", tickvals = values,
            ticktext = part.vary.values }
    end
    return values, {}
end

local function means_of(part)
    local means, halves, diverted = {}, {}, nil
    for i, policy in ipairs(part.policies) do
        local all = aggregate.means(policy.outcomes)
        local mean = all.mean_ms or {}
        means[i] = axis.short(mean.mean and mean.mean * part.unit.per_ms)
        halves[i] = axis.short(mean.ci95 and mean.ci95 * part.unit.per_ms)
        if all.diverted then
            diverted = diverted or {}
            diverted[i] = axis.short(all.diverted.mean)
        end
    end
    return means, halves, diverted
end

-- Where the option was when it was measured elsewhere.
local function measured(part, values)
    local trace = { type = "scatter", mode = "markers", name = part.references.title, x = {},
        y = {}, marker = { symbol = "diamond-open", size = 12, color = "@ink",
            line = { width = 2 } } }
    for i, policy in ipairs(part.policies) do
        local reference = part.references[policy.label]
        if reference then
            table.insert(trace.x, values[i])
            table.insert(trace.y, axis.short(reference.mean_ms * part.unit.per_ms))
        end
    end
    return #trace.x > 0 and trace or nil
end

local function layout_of(part, x_axis, diverted)
    x_axis.title, x_axis.anchor = { text = axis.text(part.vary.name) }, diverted and "y2" or "y"
    return {
        height = diverted and 480 or 360, hovermode = "closest", legend = axis.LEGEND,
        showlegend = part.references ~= nil, xaxis = x_axis,
        yaxis = axis.linear(("mean latency (%s)"):format(part.unit.name),
            { domain = diverted and { 0.42, 1 } or { 0, 1 }, rangemode = "nonnegative" }),
        yaxis2 = diverted and axis.linear("requests diverted",
            { domain = { 0, 0.32 }, tickformat = "~%" }) or nil,
    }
end

--- nil when nothing was varied.
function figure_sweep.make(part)
    if not part.vary or #part.policies < 2 then
        return nil
    end
    local values, x_axis = values_of(part)
    values = { unpack(values, 1, #part.policies) }
    local means, halves, diverted = means_of(part)
    local traces = { { type = "scatter", mode = "lines+markers", name = "simulated", x = values,
        y = means, line = { color = "@1", width = 2 }, marker = { size = 7 },
        error_y = #part.policies[1].outcomes > 1
            and { type = "data", array = halves, thickness = 1.5, width = 5 } or nil } }
    if diverted then
        table.insert(traces, { type = "scatter", mode = "lines+markers", name = "diverted",
            x = values, y = diverted, yaxis = "y2", showlegend = false,
            line = { color = "@2", width = 2 }, marker = { size = 7, symbol = "square" } })
    end
    if part.references then
        table.insert(traces, measured(part, values))
    end
    return {
        title = "What " .. part.vary.name .. " does", traces = traces,
        layout = layout_of(part, x_axis, diverted),
        caption = (traces[1].error_y and "Bars: 95 % confidence interval over the runs." or
            "One run, hence no interval.") .. (diverted and
            "  Below: how many requests the option diverted; where none was, its value did nothing."
            or ""),
    }
end

return figure_sweep
