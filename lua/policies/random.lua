--- Any worker, drawn by lot.
--
-- Use it with many workers or many gateways, which need not agree on anything, and as the yardstick
-- for other policies.
-- Full: lots are drawn among the workers that have a free place.
-- Weights: a worker is drawn in proportion to its weight.
-- Cost: one draw while most workers are free, else one pass over the workers.  Options: none.
local options = require("picket.options")
local shares = require("picket.shares").new()

-- With half of the workers full, this many draws find a free one in 94 of 100 cases.
local DRAWS = 4

local random = {}

function random.start(given, workers)
    options.check("random", given, {})
    random.changed(workers)
end

function random.changed(workers)
    shares:changed(workers)
end

-- Draw among the free workers alone: each replaces those before it with its chance among them.
local function draw_free(workers)
    local drawn, total = nil, 0
    for _, worker in ipairs(workers) do
        if worker:is_free() then
            total = total + worker.weight
            if math.random() * total < worker.weight then
                drawn = worker
            end
        end
    end
    return drawn
end

function random.pick(_, workers)
    for _ = 1, #workers > 0 and DRAWS or 0 do
        local worker = workers[shares:at(math.random() * shares.total)]
        if worker:is_free() then
            return worker
        end
    end
    return draw_free(workers)
end

return random
