--- "Did you mean": the known word that a mistyped one was probably meant to be.
local suggest = {}

-- How many letters must be added, dropped, changed or swapped with a neighbour.
local function distance(from, to)
    local before, last = {}, {}
    for j = 0, #to do
        last[j] = j
    end
    for i = 1, #from do
        local row = { [0] = i }
        local letter, previous = from:byte(i), from:byte(i - 1)
        for j = 1, #to do
            local change = letter == to:byte(j) and 0 or 1
            row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change)
            if i > 1 and j > 1 and letter == to:byte(j - 1) and previous == to:byte(j) then
                row[j] = math.min(row[j], before[j - 2] + 1)
            end
        end
        before, last = last, row
    end
    return last[#to]
end

--- The candidate nearest to `word`, or nil when none is near: a letter in three may be wrong.
-- Of equally near ones the first wins.
function suggest.nearest(word, candidates)
    local best, least = nil, math.max(1, math.floor(#word / 3)) + 1
    for _, candidate in ipairs(candidates) do
        if math.abs(#candidate - #word) < least then
            local steps = distance(word:lower(), candidate:lower())
            if steps < least then
                best, least = candidate, steps
            end
        end
    end
    return best
end

--- The end of a message: `; did you mean "head"?`, or nothing.
function suggest.hint(word, candidates)
    local best = suggest.nearest(word, candidates)
    return best and ('; did you mean "%s"?'):format(best) or ""
end

--- What to say of a field that `owner` ("a worker") does not have: which was meant, or which there
-- are.
function suggest.no_field(owner, name, fields)
    name = tostring(name)
    local hint = suggest.hint(name, fields)
    return ('%s has no field "%s"%s'):format(owner, name,
        hint ~= "" and hint or "; it has " .. table.concat(fields, ", "))
end

return suggest
