--- The mean of each policy with its uncertainty, and how far it is from the first one's.
local figure_means = {}

local aggregate = require("lab.aggregate")
local axis = require("lab.page.axis")

local ROW, AROUND = 34, 90 -- pixels: a policy, and what lies above and below all

local function names_of(part)
    local names = {}
    for i, policy in ipairs(part.policies) do
        names[i] = axis.text(policy.label)
    end
    return names
end

local function layout(part, title, rows)
    return {
        height = AROUND + ROW * rows, showlegend = part.references ~= nil,
        legend = axis.LEGEND, hovermode = "closest", bargap = 0.35,
        xaxis = axis.linear(title),
        yaxis = axis.names({ autorange = "reversed" }),
    }
end

-- What was measured elsewhere, as marks on the bars.
local function measured(part)
    local trace = { type = "scatter", mode = "markers", name = part.references.title,
        x = {}, y = {},
        marker = { symbol = "diamond-open", size = 12, color = "@ink", line = { width = 2 } } }
    for _, policy in ipairs(part.policies) do
        local reference = part.references[policy.label]
        if reference then
            table.insert(trace.x, axis.short(reference.mean_ms * part.unit.per_ms))
            table.insert(trace.y, axis.text(policy.label))
        end
    end
    return #trace.x > 0 and trace or nil
end

--- Bars, as Figure 3.10 of the thesis.
function figure_means.bars(part)
    local bars = { type = "bar", orientation = "h", name = "simulated", y = names_of(part), x = {},
        marker = { color = {} } }
    local halves, has_halves = {}, false
    for i, policy in ipairs(part.policies) do
        local mean = aggregate.means(policy.outcomes).mean_ms or {}
        bars.x[i] = axis.short(mean.mean and mean.mean * part.unit.per_ms)
        halves[i] = axis.short(mean.ci95 and mean.ci95 * part.unit.per_ms)
        has_halves = has_halves or mean.ci95 ~= nil
        bars.marker.color[i] = part.looks[i].colour
    end
    bars.error_x = has_halves
        and { type = "data", array = halves, color = "@ink", thickness = 1.5, width = 5 } or nil
    local traces = { bars }
    if part.references then
        traces[2] = measured(part)
    end
    local made = layout(part, ("mean latency (%s)"):format(part.unit.name), #part.policies)
    made.xaxis.rangemode = "nonnegative" -- an interval may reach where no latency is
    return {
        title = "Mean latency", traces = traces, layout = made,
        caption = has_halves and "Whiskers: 95 % confidence interval over the runs." or
            "One run, hence no interval.",
    }
end

--- Differences to the first policy, seed by seed; nil where there is nothing to compare.
function figure_means.differences(part)
    local first, marks = part.policies[1], { type = "scatter", mode = "markers", x = {}, y = {},
        marker = { color = {}, symbol = {}, size = 10 } }
    local halves = {}
    for i = 2, #part.policies do
        local policy = part.policies[i]
        local difference = aggregate.difference(policy.outcomes, first.outcomes)
        if difference and difference.ci95 then
            table.insert(marks.y, axis.text(policy.label))
            table.insert(marks.x, axis.short(difference.mean_ms * part.unit.per_ms))
            table.insert(halves, axis.short(difference.ci95 * part.unit.per_ms))
            table.insert(marks.marker.color, part.looks[i].colour)
            table.insert(marks.marker.symbol, part.looks[i].symbol)
        end
    end
    if #marks.x == 0 then
        return nil
    end
    marks.error_x = { type = "data", array = halves, color = "@ink", thickness = 1.5, width = 5 }
    local made = layout(part, ("difference of the mean (%s)"):format(part.unit.name), #marks.x)
    made.showlegend, made.xaxis.zeroline, made.xaxis.zerolinewidth = false, true, 2
    return {
        title = "Difference to " .. first.label, traces = { marks }, layout = made,
        caption = "Mean latency less that of the first policy on the same requests, paired by "
            .. "seed, with 95 % confidence intervals.  One that covers zero is not "
            .. "distinguishable from it.",
    }
end

return figure_means
