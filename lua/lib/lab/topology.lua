--- The workers of a preset, and which machine each is on.
local topology = {}

local settings = require("lab.settings")

--- So many workers, called 127.0.0.1:9081 and on.  `given`: model (a name or a file; openlambda);
-- machines (that they share; each has its own if there is none); speeds (by worker).
function topology.workers(count, given)
    local workers = {}
    for i = 1, count do
        local values, message = settings.load(given.model or "openlambda")
        if not values then
            error(message, 0) -- which names the model's file and line
        end
        values.speed = given.speeds and given.speeds[i] or values.speed
        workers[i] = {
            name = "127.0.0.1:" .. 9080 + i, settings = values,
            machine = given.machines and (i - 1) % given.machines + 1 or i,
        }
    end
    return workers
end

return topology
