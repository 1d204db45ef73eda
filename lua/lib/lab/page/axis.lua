--- Axes of figures, as the chart library wants them, and the numbers along them.
local axis = {}

local cjson = require("cjson")
local html = require("lab.page.html")

--- In what latencies are shown that are about so long.
function axis.unit(ms)
    return ms >= 1000 and { name = "s", per_ms = 0.001 } or { name = "ms", per_ms = 1 }
end

--- Five digits, which is more than a figure shows; what is no number is a gap.
function axis.short(value)
    if not value or value ~= value or value == math.huge or value == -math.huge then
        return cjson.null
    end
    return tonumber(("%.5g"):format(value))
end

--- Text that the chart library shows as it is: it takes some HTML for formatting.
function axis.text(text)
    return html.escape(text)
end

local function with(made, more)
    for name, value in pairs(more or {}) do
        made[name] = value
    end
    return made
end

--- A plain axis from 0.
function axis.linear(title, more)
    return with({ title = { text = title }, rangemode = "tozero", exponentformat = "none",
        separatethousands = true }, more)
end

--- One where each step is ten times the last.
function axis.log(title, more)
    return with({ title = { text = title }, type = "log", exponentformat = "none" }, more)
end

--- Latencies from a tenth of a decade below the shortest to one above the longest.
function axis.latency(unit, title, more)
    return axis.log(("%s (%s)"):format(title, unit.name), more)
end

--- Names, in their order.
function axis.names(more)
    return with({ type = "category", showgrid = false }, more)
end

--- A legend above the figure.
axis.LEGEND = { orientation = "h", x = 0, xanchor = "left", y = 1.02, yanchor = "bottom" }

return axis
