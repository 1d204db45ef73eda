--- The latencies of each function as a box, a figure for each policy: Figures 3.1 to 3.9.
local figure_functions = {}

local axis = require("lab.page.axis")
local box = require("lab.page.box")

local MOST = 100 -- functions in a figure
local FIGURES = 8 -- policies that have one

-- The functions that are called most, in the order of their median latency under this policy.
local function order(policy)
    local sample = policy.details.samples
    local names, medians = sample:most_called(MOST), {}
    for _, name in ipairs(names) do
        medians[name] = box.of(sample.of[name]).median
    end
    table.sort(names, function(a, b)
        return medians[a] < medians[b] or (medians[a] == medians[b] and a < b)
    end)
    return names
end

-- The lowest and the highest value of all these policies, as powers of ten.
local function range_of(policies, unit)
    local low, high = math.huge, 0
    for _, policy in ipairs(policies) do
        for _, list in pairs(policy.details.samples.of) do
            for _, value in ipairs(list) do
                low, high = math.min(low, value), math.max(high, value)
            end
        end
    end
    local function place(value)
        return axis.short(math.log10(math.max(value, 1e-3) * unit.per_ms))
    end
    return { place(low / 1.25), place(high * 1.25) }
end

local function traces_of(part, policy, look, names)
    local boxes = { type = "box", name = "latency", x = {}, lowerfence = {}, q1 = {}, median = {},
        q3 = {}, upperfence = {}, line = { color = look.colour, width = 1 }, whiskerwidth = 0.5 }
    local beyond = { type = "scatter", mode = "markers", name = "outlier", x = {}, y = {},
        marker = { color = look.colour, size = 3 } }
    local function short(value)
        return axis.short(value * part.unit.per_ms)
    end
    for _, name in ipairs(names) do
        local list = policy.details.samples.of[name]
        if list then
            local made = box.of(list)
            table.insert(boxes.x, axis.text(name))
            for _, field in ipairs({ "q1", "median", "q3" }) do
                table.insert(boxes[field], short(made[field]))
            end
            table.insert(boxes.lowerfence, short(made.lower))
            table.insert(boxes.upperfence, short(made.upper))
            for _, value in ipairs(made.outliers) do
                table.insert(beyond.x, axis.text(name))
                table.insert(beyond.y, short(value))
            end
        end
    end
    return #boxes.x > 0 and (#beyond.x > 0 and { boxes, beyond } or { boxes }) or nil
end

local function caption(first, count)
    local which = count == first.details.samples:count() and "One box for each function" or
        ("The %d functions that are called most"):format(count)
    return which .. ", in the order of their medians under the first policy.  Whiskers end at the "
        .. "last request within one and a half box lengths.  Of the first run.  The figures of the "
        .. "other policies have the same order and scale."
end

local function layout_of(part, names, range)
    return {
        height = 320, showlegend = false, hovermode = "closest", boxgap = 0.25,
        xaxis = axis.names({ title = { text = "function" }, tickangle = -90,
            tickfont = { size = 8 }, dtick = 1, range = { -0.7, #names - 0.3 } }),
        yaxis = axis.latency(part.unit, "latency", { range = range }),
    }
end

-- Which policies have a figure; of the values of an option the first and the last.
local function shown_of(part)
    if part.vary then
        return #part.policies > 1 and { 1, #part.policies } or { 1 }
    end
    local shown = {}
    for i = 1, math.min(#part.policies, FIGURES) do
        shown[i] = i
    end
    return shown
end

--- A list of figures, empty where there are no details.
function figure_functions.list(part)
    local figures, first = {}, part.policies[1]
    if not first.details or #first.details.samples:most_called(1) == 0 then
        return figures
    end
    local names, range = order(first), range_of(part.policies, part.unit)
    for _, i in ipairs(shown_of(part)) do
        local policy = part.policies[i]
        local traces = policy.details and traces_of(part, policy, part.looks[i], names)
        figures[#figures + 1] = traces and {
            title = "Latency by function: " .. policy.label, traces = traces,
            layout = layout_of(part, names, range),
            caption = i == 1 and caption(first, #names) or "",
        } or nil
    end
    return figures
end

return figure_functions
