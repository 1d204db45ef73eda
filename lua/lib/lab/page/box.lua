--- A box as Tukey drew it: quartiles, whiskers to the last value within one and a half box lengths,
-- and what lies beyond.
local box = {}

local OUTLIERS = 8 -- drawn on each side at most: the outermost ones

-- Between the values to both sides of the place (as most programs do it).
local function quantile(sorted, share)
    local place = (#sorted - 1) * share + 1
    local below = math.floor(place)
    local lower, upper = sorted[below], sorted[math.min(below + 1, #sorted)]
    return lower + (upper - lower) * (place - below)
end

--- The box of a list that is not empty: lower, q1, median, q3, upper, outliers (a list).
function box.of(values)
    local sorted = {}
    for i, value in ipairs(values) do
        sorted[i] = value
    end
    table.sort(sorted)
    local q1, q3 = quantile(sorted, 0.25), quantile(sorted, 0.75)
    local low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    local first, last = 1, #sorted
    while sorted[first] < low do
        first = first + 1
    end
    while sorted[last] > high do
        last = last - 1
    end
    local outliers = {}
    for i = 1, math.min(first - 1, OUTLIERS) do
        outliers[#outliers + 1] = sorted[i]
    end
    for i = math.max(last + 1, #sorted - OUTLIERS + 1), #sorted do
        outliers[#outliers + 1] = sorted[i]
    end
    return { lower = sorted[first], q1 = q1, median = quantile(sorted, 0.5), q3 = q3,
        upper = sorted[last], outliers = outliers }
end

return box
