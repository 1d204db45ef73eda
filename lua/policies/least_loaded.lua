--- Send each request to the free worker with the fewest requests in flight for its weight.
--
-- Use it when requests differ in cost: who is slow gets less.  A good default.
-- Full: a worker without a free place is passed over; the least loaded of the others serves.
-- Weights: a worker of weight 2 is as loaded with two requests as one of weight 1 with one.
-- Cost: one pass over the workers.
-- Options: ties = "turn" (default): equally loaded workers take turns, by weight;
--          ties = "first": the first of them in the configuration serves.
-- Source: known as least connections (nginx least_conn, HAProxy leastconn); first among equals is
-- the rule of olscheduler.
local options = require("picket.options")

local OPTIONS = { ties = options.choice("turn", "first") }

local least_loaded = {}
local settings
local first, used = 1, 0 -- where to begin looking, and how much of the turn is over there
local lightest -- the smallest weight: a worker of that weight has turns of one request

function least_loaded.start(given, workers)
    settings = options.check("least_loaded", given, OPTIONS)
    least_loaded.changed(workers)
end

function least_loaded.changed(workers)
    lightest = math.huge
    for _, worker in ipairs(workers) do
        lightest = math.min(lightest, worker.weight)
    end
end

-- The worker at `best` serves; the next one begins when its turn is over.
local function take_turn(best, workers)
    first, used = best, used + lightest / workers[best].weight
    if used >= 1 then
        first, used = best % #workers + 1, used - 1
    end
end

local function least(workers, from, to, best, lowest)
    for i = from, to do
        local load = workers[i].inflight / workers[i].weight
        if load < lowest and workers[i]:is_free() then
            best, lowest = i, load
        end
    end
    return best, lowest
end

function least_loaded.pick(_, workers)
    local best, lowest = least(workers, first, #workers, nil, math.huge)
    best = least(workers, 1, math.min(first - 1, #workers), best, lowest)
    if best and settings.ties == "turn" then
        take_turn(best, workers)
    end
    return best and workers[best]
end

return least_loaded
