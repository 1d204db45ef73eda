--- Quantities as people read them.
local format = {}

local duration = require("lab.summary").duration

function format.duration(ms)
    return duration(ms)
end

--- Nanoseconds.
function format.nanoseconds(ns)
    return ns < 999.5 and ("%.0f ns"):format(ns) or ("%.2f us"):format(ns / 1000)
end

--- A share of 1, in percent; a small one is not rounded to nothing.
function format.share(share)
    if share == 0 then
        return "0"
    end
    return (share < 0.001 and "%.3f %%" or "%.1f %%"):format(share * 100)
end

--- How many, of things that are counted: whole, unless it is a mean of a few.
function format.count(count)
    return (count % 1 == 0 or count >= 100) and ("%.0f"):format(count) or ("%.1f"):format(count)
end

function format.ratio(ratio)
    return ("%.2f"):format(ratio)
end

return format
