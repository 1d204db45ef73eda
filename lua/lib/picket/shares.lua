--- Workers laid out on a line, each on a stretch as long as its weight.
--
-- A point drawn evenly from [0, total) then falls on each worker as often as its weight says.
-- Finding the worker costs O(1) while all weights are equal and O(log n) otherwise.
--
--     local shares = require("picket.shares").new()
--     shares:changed(workers)                    -- in the policy's start and changed
--     workers[shares:at(math.random() * shares.total)]
local shares = {}
shares.__index = shares

function shares.new()
    return setmetatable({ total = 0, ends = {} }, shares)
end

--- Lay the workers out anew.
function shares:changed(workers)
    local total, ends = 0, {}
    self.equal, self.whole = true, true
    for i, worker in ipairs(workers) do
        local weight = worker.weight
        self.equal = self.equal and weight == workers[1].weight
        self.whole = self.whole and weight % 1 == 0
        total = total + weight
        ends[i] = total
    end
    self.total, self.ends = total, ends
end

--- The number of the worker at a point of [0, total); with no workers, 0.
function shares:at(point)
    local ends = self.ends
    local low, high = 1, #ends
    if self.equal and high > 0 then
        return math.min(math.floor(point / ends[1]) + 1, high)
    end
    while low < high do
        local middle = math.floor((low + high) / 2)
        if point < ends[middle] then
            high = middle
        else
            low = middle + 1
        end
    end
    return high
end

return shares
