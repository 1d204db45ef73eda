--- Streams of random numbers that are the same on every machine.
-- A stream is made from a seed and a name, so that what one part draws never moves the numbers of
-- another.  The generator is xoshiro128** (David Blackman and Sebastiano Vigna).
local random = {}

local bit = require("bit")
local hash = require("picket.hash")
local bxor, lshift, rol, rshift, tobit = bit.bxor, bit.lshift, bit.rol, bit.rshift, bit.tobit
local cos, exp, floor, log, sqrt = math.cos, math.exp, math.floor, math.log, math.sqrt

local methods = {}
local metatable = { __index = methods }

--- The stream of this name; one seed gives each name its own.
function random.new(seed, name)
    local stream = { 0, 0, 0, 0 }
    local start = bxor(tobit(seed), tobit(hash.fnv1a_32(name or "")))
    for i = 1, 4 do
        stream[i] = tobit(hash.mix(tobit(start + i * 0x9e3779b9)))
    end
    return setmetatable(stream, metatable)
end

local function next_bits(s)
    local s1 = s[2]
    local result = tobit(rol(tobit(s1 * 5), 7) * 9)
    local c, d = bxor(s[3], s[1]), bxor(s[4], s1)
    s[2] = bxor(s1, c)
    s[1] = bxor(s[1], d)
    s[3] = bxor(c, lshift(s1, 9))
    s[4] = rol(d, 11)
    return result
end

--- Evenly spread over 0 (included) to 1 (not included), in steps of 2^-32.
function methods:uniform()
    return (next_bits(self) % 4294967296) / 4294967296
end

--- A whole number from 1 to `count`, each as likely as any other.
function methods:integer(count)
    return floor(self:uniform() * count) + 1
end

--- The time to the next of events that come at random, on average every `mean`.
function methods:exponential(mean)
    return -mean * log(1 - self:uniform())
end

--- Normally distributed, around 0 with standard deviation 1.
function methods:normal()
    local radius = sqrt(-2 * log(1 - self:uniform()))
    return radius * cos(2 * math.pi * self:uniform())
end

--- Log-normally distributed: half of the values lie below `median`; `sigma` is the standard
-- deviation of the logarithm.
function methods:lognormal(median, sigma)
    return median * exp(sigma * self:normal())
end

--- Put a list in random order.
function methods:shuffle(list)
    for i = #list, 2, -1 do
        local j = self:integer(i)
        list[i], list[j] = list[j], list[i]
    end
    return list
end

--- A seed for something else, from 0 to 2^31 - 1.
function methods:seed()
    return rshift(next_bits(self), 1)
end

return random
