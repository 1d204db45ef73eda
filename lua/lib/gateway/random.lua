--- math.random for one policy: seeded, and independent of every other.
-- The generator is xorshift128 (G. Marsaglia, "Xorshift RNGs", 2003), which needs four words and
-- compiles well.  Two instances with the same seed give the same numbers.
local random = {}

local bit = require("bit")
local ffi = require("ffi")
local bxor, lshift, rshift, tobit = bit.bxor, bit.lshift, bit.rshift, bit.tobit

local FIRST_DRAWS = 16 -- thrown away: small seeds differ in a few bits only

-- `low` plus a whole number below `count`.
local function between(share, low, high, level)
    if low > high then
        error("bad arguments to math.random: the interval is empty", level + 1)
    end
    return low + math.floor(share * (high - low + 1))
end

--- Two functions as math.random and math.randomseed.  `words`, if given, is where the four words
-- are kept, from 0: whoever gives them can see how far the generator has come, and put it there.
function random.new(seed, words)
    words = words or ffi.new("int32_t[4]")

    local function draw()
        local x, w = words[0], words[3]
        local t = bxor(x, lshift(x, 11))
        words[0], words[1], words[2] = words[1], words[2], w
        w = bxor(w, rshift(w, 19), t, rshift(t, 8))
        words[3] = w
        return w % 4294967296 / 4294967296
    end

    local function reseed(number)
        words[0], words[1] = tobit(number), tobit(number / 4294967296)
        words[2], words[3] = 521288629, 88675123 -- never all zero
        for _ = 1, FIRST_DRAWS do
            draw()
        end
    end

    local function math_random(low, high)
        local share = draw()
        if not low then
            return share
        elseif not high then
            return between(share, 1, low, 2)
        end
        return between(share, low, high, 2)
    end

    reseed(seed)
    return math_random, reseed
end

return random
