--- What is wrong with that which a policy has done, in words.
local verdict = {}

local ffi = require("ffi")

--- Where a function of a policy begins: "mine.lua:3".
function verdict.where(func)
    local info = debug.getinfo(func, "S")
    return info.short_src .. ":" .. info.linedefined
end

--- The policy at `place` has removed workers from its list, or sorted it.
function verdict.changed(place)
    return place .. ": it changed the list of workers; a policy changes only copies of it"
end

local function describe(value)
    if type(value) == "cdata" and ffi.istype("const struct worker &", value) then
        return ("%s, which is down, draining or removed"):format(tostring(value))
    end
    local text = "a " .. type(value)
    if type(value) == "string" then
        text = ("the text %q"):format(value:sub(1, 80))
    elseif type(value) == "boolean" or type(value) == "number" then
        text = tostring(value)
    end
    return text .. ", not one of the workers and not nil"
end

--- This `pick` has returned something that is no worker.
function verdict.wrong(pick, value)
    return ("%s: pick returned %s"):format(verdict.where(pick), describe(value))
end

--- A field of a worker was written; src/policy/mistake.c says the same.
function verdict.written(field)
    return ("the field %s of a worker is read-only; values of its own a policy keeps in a table: "
        .. "mine[worker] = ..."):format(tostring(field))
end

return verdict
