--- Durations in buckets of at most 0.1 % width, however many there are: bounded memory.
-- From 1 us to 24 days (ms as numbers), what is longer counts as that; sums and the largest value
-- are exact.
local histogram = {}

local ffi = require("ffi")
local rshift = require("bit").rshift
local ceil, ldexp, max, min = math.ceil, math.ldexp, math.max, math.min

local STEPS = 1024 -- in each doubling
local LOWEST = -10 -- 2^-10 ms is about 1 us
local DOUBLINGS = 41
local LAST = STEPS * DOUBLINGS - 1

local methods = {}
local metatable = { __index = methods }

function histogram.new()
    return setmetatable({
        count = 0, sum = 0, squares = 0, most = 0,
        buckets = ffi.new("double[?]", STEPS * DOUBLINGS),
    }, metatable)
end

-- A double's upper word begins with the exponent and the fraction; these and ten bits of that count
-- the buckets.  (LuaJIT compiles this, but not math.frexp.)
local bits = ffi.new("union { double value; uint32_t word[2]; }")
local UPPER = ffi.abi("le") and 1 or 0
local OFFSET = (1023 + LOWEST) * STEPS

local function bucket_of(value)
    bits.value = max(value, 2 ^ LOWEST)
    return min(rshift(bits.word[UPPER], 10) - OFFSET, LAST)
end

-- The middle of a bucket.
local function value_of(bucket)
    local step = bucket % STEPS
    return ldexp(1 + (step + 0.5) / STEPS, (bucket - step) / STEPS + LOWEST)
end

function methods:add(value)
    local bucket = bucket_of(value)
    self.count, self.sum = self.count + 1, self.sum + value
    self.squares = self.squares + value * value
    self.most = max(self.most, value)
    self.buckets[bucket] = self.buckets[bucket] + 1
end

--- What is in it, as { value, count } pairs: values to within 0.05 %.
function methods:to_pairs()
    local list = {}
    for bucket = 0, LAST do
        if self.buckets[bucket] > 0 then
            list[#list + 1] = { value_of(bucket), self.buckets[bucket] }
        end
    end
    return list
end

--- Adds a value so many times.
function methods:add_many(value, count)
    local bucket = bucket_of(value)
    self.count, self.sum = self.count + count, self.sum + value * count
    self.squares = self.squares + value * value * count
    self.most = max(self.most, value)
    self.buckets[bucket] = self.buckets[bucket] + count
end

--- Adds what is in another one.
function methods:merge(other)
    self.count, self.sum = self.count + other.count, self.sum + other.sum
    self.squares, self.most = self.squares + other.squares, max(self.most, other.most)
    for bucket = 0, LAST do
        self.buckets[bucket] = self.buckets[bucket] + other.buckets[bucket]
    end
end

--- The value that this share of all does not exceed (nearest rank), to within 0.05 %; 0 if empty.
function methods:quantile(share)
    local rank, seen = max(1, ceil(share * self.count)), 0
    if rank >= self.count then
        return self.most
    end
    for bucket = 0, LAST do
        seen = seen + self.buckets[bucket]
        if seen >= rank then
            return min(value_of(bucket), self.most)
        end
    end
end

--- The share of values above a limit.
function methods:share_above(limit)
    local above = 0
    for bucket = bucket_of(limit) + 1, LAST do
        above = above + self.buckets[bucket]
    end
    return self.count > 0 and above / self.count or 0
end

function methods:mean()
    return self.count > 0 and self.sum / self.count or 0
end

return histogram
