--- A bounded sample of the latencies of each function: what its box in a plot is drawn from.
-- Of a function that is called more often than SIZE times every call has the same chance to be in
-- it (reservoir sampling), by numbers of its own, so that runs do not depend on it.
local samples = {}

local floor = math.floor

local SIZE = 256

local methods = {}
local metatable = { __index = methods }

function samples.new()
    return setmetatable({ of = {}, state = 1 }, metatable)
end

-- A number from 0 below 1 (Park and Miller's generator).
local function next_random(self)
    self.state = self.state * 48271 % 2147483647
    return self.state / 2147483647
end

function methods:add(func, latency_ms)
    local list = self.of[func]
    if not list then
        list = { seen = 0 }
        self.of[func] = list
    end
    list.seen = list.seen + 1
    if list.seen <= SIZE then
        list[list.seen] = latency_ms
        return
    end
    local at = floor(next_random(self) * list.seen) + 1
    if at <= SIZE then
        list[at] = latency_ms
    end
end

--- How many functions were called.
function methods:count()
    local count = 0
    for _ in pairs(self.of) do
        count = count + 1
    end
    return count
end

--- The functions that were called most, at most so many, the most called first.
function methods:most_called(count)
    local names = {}
    for name in pairs(self.of) do
        names[#names + 1] = name
    end
    table.sort(names, function(a, b)
        local seen_a, seen_b = self.of[a].seen, self.of[b].seen
        return seen_a > seen_b or (seen_a == seen_b and a < b)
    end)
    for i = #names, count + 1, -1 do
        names[i] = nil
    end
    return names
end

return samples
