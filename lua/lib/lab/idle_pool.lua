--- Sandboxes as numbers: places in an array, which grows as needed and is used again, so that a
-- call allocates nothing.
-- Those that are idle are in a ring by age and in a list of their bucket, the latest first, where a
-- function's are found.  Place 0 is nobody's: it joins the ends of the ring.
local idle_pool = {}

local ffi = require("ffi")
local band = require("bit").band

local Places = ffi.typeof([[struct {
    double memory, since;
    int32_t func, before, after, newer, older;
} [?] ]])
local Numbers = ffi.typeof("int32_t[?]")
local FIRST = 16 -- places; as many buckets, a power of two

local methods = {}
local metatable = { __index = methods }

function idle_pool.new()
    return setmetatable({
        places = Places(FIRST + 1), size = FIRST, used = 0,
        spare = 0, -- a list by `after` of places whose sandboxes have ended
        buckets = Numbers(FIRST), mask = FIRST - 1,
    }, metatable)
end

local function enter_bucket(self, sandbox)
    local places, buckets = self.places, self.buckets
    local bucket = band(places[sandbox].func, self.mask)
    local older = buckets[bucket]
    places[sandbox].newer, places[sandbox].older = 0, older
    places[older].newer = sandbox
    buckets[bucket] = sandbox
end

-- Twice as many places and buckets.
local function grow(self)
    local places, size = self.places, self.size * 2
    local larger = Places(size + 1)
    ffi.copy(larger, places, ffi.sizeof(Places, self.size + 1))
    self.places, self.size, self.buckets, self.mask = larger, size, Numbers(size), size - 1
    local sandbox = self:oldest()
    while sandbox ~= 0 do
        enter_bucket(self, sandbox)
        sandbox = self:next(sandbox)
    end
end

--- A place for a sandbox that is busy.
function methods:allocate(func, memory)
    local sandbox = self.spare
    if sandbox ~= 0 then
        self.spare = self.places[sandbox].after
    else
        if self.used == self.size then
            grow(self)
        end
        sandbox = self.used + 1
        self.used = sandbox
    end
    local places = self.places
    places[sandbox].func, places[sandbox].memory = func, memory
    return sandbox
end

--- A sandbox that is in no list has ended.
function methods:free(sandbox)
    self.places[sandbox].after = self.spare
    self.spare = sandbox
end

--- A sandbox is idle from now on.
function methods:add(now, sandbox)
    local places = self.places
    local last = places[0].before
    places[sandbox].since, places[sandbox].before, places[sandbox].after = now, last, 0
    places[last].after, places[0].before = sandbox, sandbox
    enter_bucket(self, sandbox)
end

--- An idle one is so no longer.
function methods:remove(sandbox)
    local places = self.places
    local before, after = places[sandbox].before, places[sandbox].after
    local newer, older = places[sandbox].newer, places[sandbox].older
    places[before].after, places[after].before = after, before
    places[older].newer = newer
    if newer ~= 0 then
        places[newer].older = older
    else
        self.buckets[band(places[sandbox].func, self.mask)] = older
    end
end

--- The function's idle sandbox that was used last; 0 when there is none.
function methods:find(func)
    local places = self.places
    local sandbox = self.buckets[band(func, self.mask)]
    if sandbox == 0 or places[sandbox].func == func then
        return sandbox -- mostly; LuaJIT does not compile loops of a single turn
    end
    sandbox = places[sandbox].older
    while sandbox ~= 0 and places[sandbox].func ~= func do
        sandbox = places[sandbox].older
    end
    return sandbox
end

--- The one that has been idle longest, and the one that became so after another; 0: none.
function methods:oldest()
    return self.places[0].after
end

function methods:next(sandbox)
    return self.places[sandbox].after
end

function methods:since(sandbox)
    return self.places[sandbox].since
end

function methods:memory(sandbox)
    return self.places[sandbox].memory
end

function methods:func(sandbox)
    return self.places[sandbox].func
end

return idle_pool
