--- Hash functions that give the same numbers on every machine and in every process.
--
-- The FNV functions are those of Fowler, Noll and Vo.  They spread short names unevenly over their
-- 32 bits; what is compared by size, as points on a ring or scores are, goes through `mix` as well.
-- All results are whole numbers from 0 to 2^32 - 1.
local hash = {}

local band, bxor, lshift, rshift, tobit = bit.band, bit.bxor, bit.lshift, bit.rshift, bit.tobit

local OFFSET_BASIS = tobit(2166136261)

-- h times the FNV prime, 2^24 + 403, modulo 2^32: the product with 403 alone still fits a double.
local function times_prime(h)
    return tobit(h * 403 + lshift(h, 24))
end

-- a * b modulo 2^32, where the full product would lose its low bits: half of a at a time.
local function multiply(a, b)
    return tobit(band(a, 0xffff) * b + lshift(tobit(rshift(a, 16) * b), 16))
end

local function unsigned(h)
    return h % 4294967296
end

--- FNV-1, 32 bits, of a string.
function hash.fnv1_32(text)
    local h = OFFSET_BASIS
    for i = 1, #text do
        h = bxor(times_prime(h), text:byte(i))
    end
    return unsigned(h)
end

--- FNV-1a, 32 bits, of a string.
function hash.fnv1a_32(text)
    local h = OFFSET_BASIS
    for i = 1, #text do
        h = times_prime(bxor(h, text:byte(i)))
    end
    return unsigned(h)
end

--- Spread a 32-bit number evenly: each bit of the input changes half the bits of the output, and no
-- two inputs share an output.  The steps are those that end MurmurHash3 (Austin Appleby).
function hash.mix(number)
    local h = tobit(number)
    h = multiply(bxor(h, rshift(h, 16)), 0x85ebca6b)
    h = multiply(bxor(h, rshift(h, 13)), 0xc2b2ae35)
    return unsigned(bxor(h, rshift(h, 16)))
end

--- A string, evenly spread over 32 bits.
function hash.spread(text)
    return hash.mix(hash.fnv1a_32(text))
end

return hash
