--- Workers take turns, the heavier ones more often.
--
-- Use it when requests cost about the same and any worker runs any function equally well.
-- Full: a worker without a free place is passed over and pays nothing; the next one serves.
-- Weights: honoured, and interleaved: 5, 1, 1 gives a a b a c a a.  Each proxy has its own turns.
-- Cost: one pass over the workers.  Options: none.
-- Source: nginx's smooth weighted round robin, in lua/lib/picket/turns.lua.
local options = require("picket.options")
local turns = require("picket.turns").new()

local round_robin = {}

function round_robin.start(given, workers)
    options.check("round_robin", given, {})
    round_robin.changed(workers)
end

function round_robin.changed(workers)
    turns:changed(workers)
end

function round_robin.pick(_, workers)
    return turns:next(workers)
end

return round_robin
