--- What is asked for and when: an iterator over the time (ms) and the function of each request.
-- The same seed gives the same sequence, whatever the rate and however many are taken.
local workload = {}

local random = require("lab.random")

--- Requests `spacing` ms apart, each for one of the registry's functions with the same chance.
-- It ends after `count` requests.
function workload.uniform(registry, seed, spacing, count)
    local stream, names, sent = random.new(seed, "workload"), registry.names, 0
    return function()
        if sent >= count then
            return nil
        end
        sent = sent + 1
        return (sent - 1) * spacing, names[stream:integer(#names)]
    end
end

return workload
