--- Objects that have certain fields and no others, so that a mistyped one is an error and not nil.
local strict = {}

local keys = require("picket.keys")
local suggest = require("picket.suggest")

--- A class of objects called `owner` ("a worker"), with these fields and their defaults, and
-- perhaps `unset`, a field that may be nil: the table for its methods, and the function that makes
-- an object from the fields that differ.
function strict.class(owner, defaults, unset)
    local methods, names = {}, keys.sorted(defaults)
    names[#names + 1] = unset

    local function refuse(name, level)
        error(suggest.no_field(owner, name, names), level)
    end

    local metatable = {
        __index = function(_, name)
            return methods[name] or (name ~= unset and refuse(name, 3) or nil)
        end,
        __newindex = function(object, name, value)
            if name ~= unset then
                refuse(name, 3)
            end
            rawset(object, name, value)
        end,
    }

    return methods, function(given)
        local object = {}
        for name, default in pairs(defaults) do
            object[name] = type(default) == "table" and {} or default
        end
        for name, value in pairs(given) do
            if defaults[name] == nil and name ~= unset then
                refuse(name, 0)
            end
            object[name] = value
        end
        return setmetatable(object, metatable)
    end
end

return strict
