--- The sandboxes of one worker: each runs one request at a time and stays warm for a while.
-- An idle one is used again by its own function, the most recently used first.  It ends when it was
-- idle for longer than the keep-alive time, or to make room: the least recently used one goes, or
-- with "greedy_dual" one of the function that is worth least (how often it was called, times what a
-- start costs, divided by its memory, aged as in FaasCache by Fuerst and Sharma, ASPLOS 2021).
local sandboxes = {}

local huge = math.huge

local methods = {}
local metatable = { __index = methods }

--- `limits`: keep_alive (ms; nil: for ever), memory (MB; nil: any), evict ("lru", "greedy_dual").
function sandboxes.new(limits)
    local ends = {} -- a ring of the idle ones: ends.after has been idle longest
    ends.before, ends.after = ends, ends
    return setmetatable({
        keep_alive = limits.keep_alive or huge, limit = limits.memory or huge,
        evict = limits.evict or "lru", ends = ends,
        idle = {}, -- by function: those idle, as a list from .first to .last
        calls = {}, worth = {}, age = 0, -- greedy dual
        memory = 0, starts = 0, evictions = 0, expiries = 0,
    }, metatable)
end

-- Ends the function's sandbox that has been idle longest.
local function finish(self, func)
    local line = self.idle[func]
    local sandbox = line[line.first]
    line[line.first] = nil
    line.first = line.first + 1
    sandbox.before.after, sandbox.after.before = sandbox.after, sandbox.before
    self.memory = self.memory - sandbox.memory
end

-- All stay idle for equally long, so the first in the ring is the first to go.
local function expire(self, now)
    local oldest = self.ends.after
    while oldest ~= self.ends and now - oldest.since >= self.keep_alive do
        finish(self, oldest.func)
        self.expiries = self.expiries + 1
        oldest = self.ends.after
    end
end

local function cheapest(self)
    local best
    for func, line in pairs(self.idle) do
        if line.first <= line.last and (not best or self.worth[func] < self.worth[best]
            or (self.worth[func] == self.worth[best] and func < best)) then
            best = func
        end
    end
    self.age = self.worth[best]
    return best
end

local function count_call(self, func, start_cost, memory)
    local calls = (self.calls[func] or 0) + 1
    self.calls[func] = calls
    self.worth[func] = self.age + calls * start_cost / memory
end

local function has_warm(self, func)
    local line = self.idle[func]
    return line ~= nil and line.first <= line.last
end

local function take_warm(self, func)
    local line = self.idle[func]
    local sandbox = line[line.last]
    line[line.last] = nil
    line.last = line.last - 1
    sandbox.before.after, sandbox.after.before = sandbox.after, sandbox.before
    return sandbox
end

--- A sandbox for a call: it, and whether it was warm; nil when all memory is in use by others.
-- What is larger than the limit runs when it is alone.
function methods:take(now, func, memory, start_cost)
    expire(self, now)
    local is_warm = has_warm(self, func)
    if not is_warm then
        while self.memory > 0 and self.memory + memory > self.limit do
            if self.ends.after == self.ends then
                return nil
            end
            finish(self, self.evict == "lru" and self.ends.after.func or cheapest(self))
            self.evictions = self.evictions + 1
        end
    end
    if self.evict ~= "lru" then
        count_call(self, func, start_cost, memory)
    end
    if is_warm then
        return take_warm(self, func), true
    end
    self.memory = self.memory + memory
    self.starts = self.starts + 1
    return { func = func, memory = memory }, false
end

--- A call is over; its sandbox is idle from now on.
function methods:give(now, sandbox)
    local line = self.idle[sandbox.func]
    if not line then
        line = { first = 1, last = 0 }
        self.idle[sandbox.func] = line
    end
    line.last = line.last + 1
    line[line.last] = sandbox
    local ends = self.ends
    sandbox.since, sandbox.before, sandbox.after = now, ends.before, ends
    ends.before.after = sandbox
    ends.before = sandbox
    expire(self, now) -- a keep-alive time of 0 keeps none
end

--- Is a sandbox of this function idle and warm?
function methods:is_warm(now, func)
    expire(self, now)
    return has_warm(self, func)
end

return sandboxes
