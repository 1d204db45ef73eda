--- The keys of a table in an order that is always the same, which pairs() does not promise.
local keys = {}

--- A list of them, sorted: by `before(a, b)` when it is given, else as `<` has it, so all numbers
-- or all strings.
function keys.sorted(map, before)
    local list = {}
    for key in pairs(map) do
        list[#list + 1] = key
    end
    table.sort(list, before)
    return list
end

return keys
