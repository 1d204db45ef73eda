--- What happens when: a time for each of a fixed number of things, and which comes first.
-- A tournament: the things are the leaves of a binary tree, and each node above has the earlier of
-- its two, up to the first of all at the root.  Setting a time plays the games on one way up.
--
-- What is played for is a key: the time with the thing's number in its last bits, so that the root
-- says who has won, and a game is one instruction without a branch.  (Of times that differ by less
-- than one part in 2^40 the wrong one may win.)  The games of a way up are written out, one after
-- the other: a loop within the simulator's loop would keep LuaJIT from compiling that.
local agenda = {}

local bit = require("bit")
local ffi = require("ffi")
local band, bnot, bor = bit.band, bit.bnot, bit.bor
local huge, min = math.huge, math.min

local NEVER = 1e300 -- the bits of infinity have no room for a number
local LOWER = ffi.abi("le") and 0 or 1
local bits = ffi.new("union { double time; int32_t word[2]; }")

local methods = {}
local metatable = { __index = methods }

local GAME = "at = rshift(at, 1); keys[at] = min(keys[2 * at], keys[2 * at + 1])\n"

-- A function that plays all games above a leaf of a tree so deep.
local function player(depth)
    local source = "local min, rshift = ... return function(keys, at) " .. GAME:rep(depth) .. "end"
    return load(source, "=games")(min, bit.rshift)
end

local function key_of(self, thing, time)
    bits.time = min(time, NEVER)
    bits.word[LOWER] = bor(band(bits.word[LOWER], bnot(self.mask)), thing - 1)
    return bits.time
end

--- For things 1 to `count`; none of them is planned.
function agenda.new(count)
    local depth = 0
    while 2 ^ depth < count do
        depth = depth + 1
    end
    local leaves = 2 ^ depth
    local self = setmetatable({
        leaves = leaves, mask = leaves - 1, play = player(depth),
        keys = ffi.new("double[?]", 2 * leaves), -- the root is 1; below i are 2 i and 2 i + 1
        times = ffi.new("double[?]", leaves + 1),
    }, metatable)
    for thing = leaves, 1, -1 do
        self.keys[leaves + thing - 1] = key_of(self, thing, huge)
        self.times[thing] = huge
        self.play(self.keys, leaves + thing - 1)
    end
    return self
end

--- Plan a thing for a time; math.huge: not at all.
function methods:set(thing, time)
    local at = self.leaves + thing - 1
    self.times[thing] = time
    self.keys[at] = key_of(self, thing, time)
    self.play(self.keys, at)
end

--- The thing that comes first, and when.  Of two at the same time it is the lower number.
function methods:first()
    bits.time = self.keys[1]
    local thing = band(bits.word[LOWER], self.mask) + 1
    return thing, self.times[thing]
end

return agenda
