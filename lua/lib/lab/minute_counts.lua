--- How often each function is called in each minute, and requests made of that.
-- Only what is not 0 is kept, 8 bytes each, by minute.
local minute_counts = {}

local ffi = require("ffi")
local floor = math.floor

local MINUTE = 60000 -- ms
local FIRST = 1024 -- places at first
local Entries = ffi.typeof("struct { int32_t func, count; } [?]")
local Numbers = ffi.typeof("int32_t[?]")

local methods = {}
local metatable = { __index = methods }

--- For minutes 1 to `minutes`.
function minute_counts.new(minutes)
    local by_minute = {}
    for minute = 1, minutes do
        by_minute[minute] = { entries = Entries(0), size = 0, used = 0, calls = 0 }
    end
    return setmetatable({ by_minute = by_minute, calls = 0 }, metatable)
end

local function grow(row)
    local size = math.max(16, row.size * 2)
    local entries = Entries(size)
    ffi.copy(entries, row.entries, row.used * ffi.sizeof("int32_t") * 2)
    row.entries, row.size = entries, size
end

--- A function, by its number, is called so often in a minute.
function methods:add(minute, func, count)
    local row = self.by_minute[minute]
    if row.used == row.size then
        grow(row)
    end
    row.entries[row.used].func, row.entries[row.used].count = func, count
    row.used = row.used + 1
    row.calls, self.calls = row.calls + count, self.calls + count
end

-- The function of each call of a minute, in the order of the entries.
local function list_calls(row, list)
    local at = 0
    for i = 0, row.used - 1 do
        for _ = 1, row.entries[i].count do
            list[at] = row.entries[i].func
            at = at + 1
        end
    end
end

--- An iterator over the time (ms) and the function's number of all calls, evenly spread by chance
-- over their minutes.  Times are drawn one after the other, each as the earliest of all that are
-- left, so that nothing needs sorting; functions are drawn from a list without putting back.
function methods:arrivals(stream)
    local minute, left, now, start = 0, 0, 0, -MINUTE
    local list, size = nil, 0
    return function()
        while left == 0 do
            minute, start = minute + 1, start + MINUTE
            local row = self.by_minute[minute]
            if not row then
                return nil
            end
            left, now = row.calls, 0
            if left > size then
                size = math.max(FIRST, 2 * left)
                list = Numbers(size)
            end
            list_calls(row, list)
        end
        now = now + (1 - now) * (1 - (1 - stream:uniform()) ^ (1 / left))
        local drawn = floor(stream:uniform() * left)
        local func = list[drawn]
        left = left - 1
        list[drawn] = list[left]
        return start + now * MINUTE, func
    end
end

return minute_counts
