--- Latencies that were really measured, from Pipbench's log, to be drawn beside simulated ones.
local measured = {}

local histogram = require("lab.histogram")
local samples = require("lab.samples")

--- label, latency (a histogram) and details (with samples only); nil and a message when there is
-- no such file or no request in it.
function measured.load(path, label)
    local file, message = io.open(path)
    if not file then
        return nil, message
    end
    local made = { label = label, latency = histogram.new(), details = { samples = samples.new() } }
    for line in file:lines() do
        local func, took = line:match("handler: (%S+) status: %d+ in: (%d+) ms")
        if func then
            made.latency:add(tonumber(took))
            made.details.samples:add(func, tonumber(took))
        end
    end
    file:close()
    if made.latency.count == 0 then
        return nil, path .. ":1: expected lines like [TIME] handler: NAME status: 200 in: 120 ms"
    end
    return made
end

return measured
