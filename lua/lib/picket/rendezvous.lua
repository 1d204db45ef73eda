--- Weighted rendezvous hashing: of all workers, the key's best friend.
--
-- Every pair of key and worker has a score of its own, and the worker with the best one serves the
-- key.  When a worker leaves, its keys alone move, evenly to the others; when one joins, it takes
-- its share from each.  Nothing is stored but a number per worker.  One pass over the workers.
--
-- Sources: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998; the
-- weights as by Resch, "New hashing algorithms for data storage", 2015: -ln(u) / weight is the time
-- until a clock that strikes `weight` times as often strikes first.
--
--     local rendezvous = require("picket.rendezvous").new()
--     rendezvous:changed(workers)                -- in the policy's start and changed
--     return rendezvous:find(hash.spread(key), workers)
local hash = require("picket.hash")

local rendezvous = {}
rendezvous.__index = rendezvous

function rendezvous.new()
    return setmetatable({ seeds = {} }, rendezvous)
end

--- Take up new members.  A worker is known by its name, wherever it stands in the list.
function rendezvous:changed(workers)
    local seeds = {}
    for i, worker in ipairs(workers) do
        seeds[i] = hash.spread(worker.name)
    end
    self.seeds = seeds
end

--- The free worker with the best score for a key (a number of 32 evenly spread bits), or nil.
function rendezvous:find(key, workers)
    local seeds = self.seeds
    local best, most, heaviest, soonest = nil, -1, 0, math.huge
    for i = 1, #workers do
        local worker = workers[i]
        local drawn, weight = hash.mix(bit.bxor(key, seeds[i])), worker.weight
        -- Who drew less than the best so far and is no heavier cannot win: that spares logarithms.
        if (drawn > most or weight > heaviest) and worker:is_free() then
            local time = -math.log((drawn + 0.5) / 2^32) / weight
            if time < soonest then
                best, most, heaviest, soonest = worker, drawn, weight, time
            end
        end
    end
    return best
end

return rendezvous
