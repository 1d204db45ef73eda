--- Words for messages: a value as it is quoted, and "did you mean".
local wording = {}

--- A value as a message quotes it, on one line.
function wording.describe(value)
    if value == nil then
        return "nothing"
    elseif type(value) == "string" then
        local text = #value > 60 and value:sub(1, 57) .. "..." or value
        return (("%q"):format(text):gsub("\\\n", "\\n"):gsub("%c", "?"))
    elseif value ~= value then
        return "NaN"
    elseif type(value) == "number" then
        return (value % 1 == 0 and "%.0f" or "%.14g"):format(value)
    end
    return type(value) == "boolean" and tostring(value) or "a " .. type(value)
end

--- How many letters must be added, dropped, changed or swapped with a neighbour.
local function distance(from, to)
    local before, last = {}, {}
    for j = 0, #to do
        last[j] = j
    end
    for i = 1, #from do
        local row = { [0] = i }
        for j = 1, #to do
            local cost = from:byte(i) == to:byte(j) and 0 or 1
            local swapped = i > 1 and j > 1 and from:sub(i - 1, i):reverse() == to:sub(j - 1, j)
            row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if swapped then
                row[j] = math.min(row[j], before[j - 2] + 1)
            end
        end
        before, last = last, row
    end
    return last[#to]
end

--- The candidate nearest to `word`, or nil when none is near: a letter in three may be wrong.
-- Of equally near ones the first wins.
function wording.nearest(word, candidates)
    local best, best_distance = nil, math.max(1, math.floor(#word / 3)) + 1
    for _, candidate in ipairs(candidates) do
        if math.abs(#candidate - #word) < best_distance then
            local far = distance(word:lower(), candidate:lower())
            if far < best_distance then
                best, best_distance = candidate, far
            end
        end
    end
    return best
end

--- The end of a message: `; did you mean "head"?`, or nothing.
function wording.hint(word, candidates)
    local best = wording.nearest(word, candidates)
    return best and ("; did you mean %q?"):format(best) or ""
end

return wording
