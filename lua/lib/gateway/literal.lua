--- Plain values as Lua source: how a policy's options travel to the proxies.
-- The same value always gives the same text.
local literal = {}

local keys = require("picket.keys")

local function before(a, b)
    if type(a) == type(b) then
        return a < b
    end
    return type(a) == "number"
end

--- Of a string, finite number, boolean, or a table of these with strings and numbers as keys.
function literal.encode(value)
    if type(value) == "string" then
        return ("%q"):format(value)
    elseif type(value) == "number" then
        return ("%.17g"):format(value)
    elseif type(value) ~= "table" then
        return tostring(value)
    end
    local parts = {}
    for i, key in ipairs(keys.sorted(value, before)) do
        parts[i] = ("[%s]=%s"):format(literal.encode(key), literal.encode(value[key]))
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

return literal
