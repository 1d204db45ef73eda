--- Objects that have certain fields and no others, so that a mistyped one is an error and not nil.
local strict = {}

local keys = require("picket.keys")
local suggest = require("picket.suggest")

--- A class of objects called `owner` ("a worker"), with these fields and their defaults: the table
-- for its methods, and the function that makes an object from the fields that differ.
function strict.class(owner, defaults)
    local methods, names = {}, keys.sorted(defaults)

    local function refuse(name, level)
        error(suggest.no_field(owner, name, names), level)
    end

    local metatable = {
        __index = function(_, name)
            return methods[name] or refuse(name, 3)
        end,
        __newindex = function(_, name)
            refuse(name, 3)
        end,
    }

    return methods, function(given)
        local object = {}
        for name, default in pairs(defaults) do
            object[name] = type(default) == "table" and {} or default
        end
        for name, value in pairs(given) do
            if defaults[name] == nil then
                refuse(name, 0)
            end
            object[name] = value
        end
        return setmetatable(object, metatable)
    end
end

return strict
