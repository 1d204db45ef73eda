--- Which function of a policy runs just now, for src/lab/watch.c: that ends the lab when one does
-- not return.  A program does one thing at a time, so there is one place for all.
local watch = {}

local ffi = require("ffi")

-- As struct watched in src/lab/watch.c: where the function is (NULL: none runs), and a number that
-- tells its calls apart.
local watched = ffi.new("struct { const char *place; double calls; }")

function watch.memory()
    return watched
end

--- What enter() wants to know of a function: "mine.lua:3: pick".
function watch.place(name, func)
    local info = debug.getinfo(func, "S")
    return ("%s:%d: %s"):format(info.source:sub(2), math.max(1, info.linedefined), name)
end

--- A function begins; its place must be held until leave().
function watch.enter(place)
    watched.calls = watched.calls + 1
    watched.place = place
end

function watch.leave()
    watched.place = nil
end

--- pcall(func, ...) while it is watched; its first result alone.
function watch.call(place, func, ...)
    watch.enter(place)
    local ok, result = pcall(func, ...)
    watch.leave()
    return ok, result
end

return watch
