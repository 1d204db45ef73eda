--- What happens when: a time for each of a fixed number of things, and which comes first.
-- An indexed heap: setting a time costs O(log n), looking at the first nothing.
local agenda = {}

local huge = math.huge

local methods = {}
local metatable = { __index = methods }

--- For things 1 to `count`; none of them is planned.
function agenda.new(count)
    local self = { heap = {}, place = {}, time = {}, count = count }
    for i = 1, count do
        self.heap[i], self.place[i], self.time[i] = i, i, huge
    end
    return setmetatable(self, metatable)
end

-- Of two at the same time the one with the lower number comes first.
local function is_before(time, a, b)
    return time[a] < time[b] or (time[a] == time[b] and a < b)
end

local function rise(self, thing)
    local heap, places, time = self.heap, self.place, self.time
    local at = places[thing]
    while at > 1 do
        local parent = (at - at % 2) / 2
        local other = heap[parent]
        if not is_before(time, thing, other) then
            break
        end
        heap[at], places[other] = other, at
        at = parent
    end
    heap[at], places[thing] = thing, at
end

local function sink(self, thing)
    local heap, places, time, count = self.heap, self.place, self.time, self.count
    local at = places[thing]
    local child = at * 2
    while child <= count do
        if child < count and is_before(time, heap[child + 1], heap[child]) then
            child = child + 1
        end
        local other = heap[child]
        if not is_before(time, other, thing) then
            break
        end
        heap[at], places[other] = other, at
        at, child = child, child * 2
    end
    heap[at], places[thing] = thing, at
end

--- Plan a thing for a time; math.huge: not at all.
function methods:set(thing, time)
    local before = self.time[thing]
    self.time[thing] = time
    if time < before then
        rise(self, thing)
    elseif time > before then
        sink(self, thing)
    end
end

--- The thing that comes first, and when.
function methods:first()
    local thing = self.heap[1]
    return thing, self.time[thing]
end

return agenda
