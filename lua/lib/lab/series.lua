--- What went on over the time of a run, in a bounded number of steps of equal length.
-- When a run outlasts them, two by two become one, so that a run of any length has between BINS / 2
-- and BINS steps.
local series = {}

local floor, max = math.floor, math.max

local BINS = 240

local methods = {}
local metatable = { __index = methods }

--- The steps are called bins[1] and on, and last `width` ms.  Each says of the requests that were
-- due in it: sent, completed, sum and most (latency in ms); and the most that were, at the arrival
-- of one of them, open (in flight or waiting) and waiting.
function series.new()
    return setmetatable({ width = 1, bins = {} }, metatable)
end

local function new_bin()
    return { sent = 0, completed = 0, sum = 0, most = 0, open = 0, waiting = 0 }
end

local function join(one, other)
    if not one or not other then
        return one or other
    end
    return {
        sent = one.sent + other.sent, completed = one.completed + other.completed,
        sum = one.sum + other.sum, most = max(one.most, other.most),
        open = max(one.open, other.open), waiting = max(one.waiting, other.waiting),
    }
end

local function halve(self)
    for i = 1, BINS do
        self.bins[i] = join(self.bins[2 * i - 1], self.bins[2 * i])
    end
    self.width = self.width * 2
end

local function bin_at(self, time)
    local at = floor(time / self.width) + 1
    while at > BINS do
        halve(self)
        at = floor(time / self.width) + 1
    end
    local bin = self.bins[at]
    if not bin then
        bin = new_bin()
        self.bins[at] = bin
    end
    return bin
end

--- A request is due now; with it so many are open, and before it so many wait.
function methods:arrive(due, open, waiting)
    local bin = bin_at(self, due)
    bin.sent = bin.sent + 1
    bin.open = max(bin.open, open)
    bin.waiting = max(bin.waiting, waiting)
end

--- A request that was due then was answered after so many ms.
function methods:complete(due, latency_ms)
    local bin = bin_at(self, due)
    bin.completed = bin.completed + 1
    bin.sum = bin.sum + latency_ms
    bin.most = max(bin.most, latency_ms)
end

--- How many steps there are, some of them perhaps nil.
function methods:count()
    local count = 0
    for at in pairs(self.bins) do
        count = max(count, at)
    end
    return count
end

return series
