--- How latencies are distributed, by policy.
local figure_distribution = {}

local axis = require("lab.page.axis")

local STEPS = 200 -- shares at which a curve is drawn, evenly up to 99.5 %,
local TAIL, DECADE = 6, 10 -- and from there so many for each power of ten, down to 10^-6

-- The points of the distribution function: latencies and the shares that took no longer.
local function points_of(latency, unit)
    local x, y = {}, {}
    local function add(share)
        if share <= 1 - 0.5 / latency.count then
            x[#x + 1] = axis.short(latency:quantile(share) * unit.per_ms)
            y[#y + 1] = share
        end
    end
    add(0.001)
    for step = 1, STEPS - 1 do
        add(step / STEPS)
    end
    for step = math.ceil(DECADE * math.log10(STEPS)) + 1, TAIL * DECADE do
        add(1 - 10 ^ (-step / DECADE))
    end
    x[#x + 1], y[#y + 1] = axis.short(latency.most * unit.per_ms), 1
    return x, y
end

local function curve(policy, look, x, y)
    return { type = "scatter", mode = "lines", name = axis.text(policy.label),
        legendgroup = policy.label, x = x, y = y,
        line = { color = look.colour, dash = look.dash, width = 2, shape = "hv" } }
end

local function slower_than(shares)
    local list = {}
    for i, share in ipairs(shares) do
        list[i] = axis.short(1 - share)
    end
    list[#list] = nil -- nothing is above the longest, and has no place on a log axis
    return list
end

--- Distribution functions, and beside them the tails on a logarithmic axis.
function figure_distribution.curves(part)
    local traces = {}
    for i, policy in ipairs(part.policies) do
        if policy.latency.count > 0 then
            local x, y = points_of(policy.latency, part.unit)
            table.insert(traces, curve(policy, part.looks[i], x, y))
            local tail = curve(policy, part.looks[i], { unpack(x, 1, #x - 1) }, slower_than(y))
            tail.xaxis, tail.yaxis, tail.showlegend = "x2", "y2", false
            table.insert(traces, tail)
        end
    end
    return #traces > 0 and {
        title = "Distribution of latencies", traces = traces,
        layout = {
            height = 420, legend = axis.LEGEND, hovermode = "closest", showlegend = true,
            xaxis = axis.latency(part.unit, "latency", { domain = { 0, 0.46 } }),
            yaxis = axis.linear("requests that took no longer",
                { tickformat = ".0%", range = { 0, 1.02 } }),
            xaxis2 = axis.latency(part.unit, "latency", { domain = { 0.56, 1 }, anchor = "y2" }),
            yaxis2 = axis.log("requests that took longer",
                { tickformat = "~%", dtick = 1, anchor = "x2" }),
        },
        caption = "Left: cumulative distribution.  Right: the tail of the same, where each line "
            .. "down is a tenth of the requests.  All runs together.",
    } or nil
end

--- Five quantiles of each policy as a box, p99 and the longest as marks.
function figure_distribution.boxes(part)
    local traces, far = {}, { type = "scatter", mode = "markers", name = "p99", x = {}, y = {},
        marker = { symbol = "line-ns-open", size = 14, color = "@ink", line = { width = 2 } } }
    local most = { type = "scatter", mode = "markers", name = "longest", x = {}, y = {},
        marker = { symbol = "x-thin-open", size = 8, color = "@ink", line = { width = 1.5 } } }
    for i, policy in ipairs(part.policies) do
        local latency, name = policy.latency, axis.text(policy.label)
        local function at(share)
            return axis.short(latency:quantile(share) * part.unit.per_ms)
        end
        if latency.count > 0 then
            table.insert(traces, { type = "box", orientation = "h", name = name, y = { name },
                lowerfence = { at(0.05) }, q1 = { at(0.25) }, median = { at(0.5) },
                q3 = { at(0.75) }, upperfence = { at(0.95) }, showlegend = false,
                line = { color = part.looks[i].colour, width = 2 } })
            table.insert(far.y, name)
            table.insert(far.x, at(0.99))
            table.insert(most.y, name)
            table.insert(most.x, at(1))
        end
    end
    if #traces == 0 then
        return nil
    end
    table.insert(traces, far)
    table.insert(traces, most)
    return {
        title = "Latencies of all functions", traces = traces,
        layout = {
            height = 110 + 38 * #far.x, legend = axis.LEGEND, hovermode = "closest",
            xaxis = axis.latency(part.unit, "latency"),
            yaxis = axis.names({ autorange = "reversed" }),
        },
        caption = "Box: the middle half of the requests and their median; whiskers: from 5 % to "
            .. "95 %; beyond them p99 and the longest.  All runs together.",
    }
end

return figure_distribution
