--- Objects whose fields are read from the gateway when they are asked for, and cannot be written.
local fields = {}

local suggest = require("picket.suggest")

fields.KEPT = "the %s was kept for later: it is there in pick and done only"

local READ_ONLY = "the field %s of the %s is read-only; values of its own a policy keeps in its "
    .. "local variables"

--- The object of a kind ("request"), with these names of fields; a getter for each gives the value
-- as long as `host` has a request.
function fields.object(kind, names, host, getters)
    return setmetatable({}, {
        __index = function(_, key)
            local getter = getters[key]
            if not getter then
                error(suggest.no_field("the " .. kind, key, names), 2)
            elseif host.has_request == 0 then
                error(fields.KEPT:format(kind), 2)
            end
            return getter()
        end,
        __newindex = function(_, key)
            error(READ_ONLY:format(tostring(key), kind), 2)
        end,
        __metatable = false,
    })
end

return fields
