--- The sandboxes of one worker: each runs one request at a time and stays warm for a while.
-- An idle one is used again by its own function, the most recently used first.  It ends when it was
-- idle for longer than the keep-alive time, or to make room: the least recently used one goes, or
-- with "greedy_dual" one of the function that is worth least (how often it was called, times what a
-- start costs, divided by its memory, aged as in FaasCache by Fuerst and Sharma, ASPLOS 2021).
local sandboxes = {}

local idle_pool = require("lab.idle_pool")
local huge = math.huge

local methods = {}
local metatable = { __index = methods }

--- `limits`: keep_alive (ms; nil: for ever), memory (MB; nil: any), evict ("lru", "greedy_dual").
function sandboxes.new(limits)
    return setmetatable({
        keep_alive = limits.keep_alive or huge, limit = limits.memory or huge,
        is_greedy = limits.evict == "greedy_dual", idle = idle_pool.new(),
        calls = {}, worth = {}, age = 0, -- greedy dual, by function
        memory = 0, starts = 0, evictions = 0, expiries = 0,
    }, metatable)
end

local function finish(self, sandbox)
    self.memory = self.memory - self.idle:memory(sandbox)
    self.idle:remove(sandbox)
    self.idle:free(sandbox)
end

-- All stay idle for equally long, so the oldest is the first to go.
local function expire_one(self, now)
    local oldest = self.idle:oldest()
    if oldest == 0 or now - self.idle:since(oldest) < self.keep_alive then
        return false
    end
    finish(self, oldest)
    self.expiries = self.expiries + 1
    return true
end

-- The loop is entered for its second turn at the earliest, here and below: one of a single turn is
-- none that LuaJIT compiles.
local function expire(self, now)
    if expire_one(self, now) then
        while expire_one(self, now) do end
    end
end

-- Of equally worthless functions it is the one with the oldest sandbox.
local function cheapest(self)
    local idle, worth = self.idle, self.worth
    local best, least, sandbox = 0, huge, idle:oldest()
    while sandbox ~= 0 do
        local value = worth[idle:func(sandbox)]
        if value < least then
            best, least = sandbox, value
        end
        sandbox = idle:next(sandbox)
    end
    if best ~= 0 then
        self.age = least
    end
    return best
end

-- What is larger than the limit has room when it is alone.
local function has_room(self, memory)
    return self.memory == 0 or self.memory + memory <= self.limit
end

-- False when no sandbox is idle.
local function evict_one(self)
    local victim = self.is_greedy and cheapest(self) or self.idle:oldest()
    if victim == 0 then
        return false
    end
    finish(self, victim)
    self.evictions = self.evictions + 1
    return true
end

-- Ends idle ones until so much memory is free; false when that is not enough.
local function make_room(self, memory)
    if not has_room(self, memory) and evict_one(self) then
        while not has_room(self, memory) and evict_one(self) do end
    end
    return has_room(self, memory)
end

local function count_call(self, func, start_cost, memory)
    local calls = (self.calls[func] or 0) + 1
    self.calls[func] = calls
    self.worth[func] = self.age + calls * start_cost / memory
end

--- A sandbox for a call of a function, which is a number: a number that stands for the sandbox, and
-- whether it was warm; nil when all memory is in use by others.
function methods:take(now, func, memory, start_cost)
    expire(self, now)
    local sandbox = self.idle:find(func)
    local is_warm = sandbox ~= 0
    if not is_warm and not make_room(self, memory) then
        return nil
    end
    if self.is_greedy then
        count_call(self, func, start_cost, memory)
    end
    if is_warm then
        self.idle:remove(sandbox)
        return sandbox, true
    end
    self.memory = self.memory + memory
    self.starts = self.starts + 1
    return self.idle:allocate(func, memory), false
end

--- A call is over; its sandbox is idle from now on.
function methods:give(now, sandbox)
    self.idle:add(now, sandbox)
    if self.keep_alive == 0 then
        expire(self, now)
    end
end

--- Is a sandbox of this function idle and warm?
function methods:is_warm(now, func)
    expire(self, now)
    return self.idle:find(func) ~= 0
end

return sandboxes
