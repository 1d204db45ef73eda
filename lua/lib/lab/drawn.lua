--- What a report draws of a run, as plain tables for JSON, and back.
local drawn = {}

local details = require("lab.details")
local histogram = require("lab.histogram")

local FUNCTIONS = 100 -- that have a box: those called most
local FIELDS = { "sent", "completed", "sum", "most", "open", "waiting" }

local function pack_series(series)
    local list = {}
    for at = 1, series:count() do
        local bin = series.bins[at]
        if bin then
            local row = { at }
            for _, field in ipairs(FIELDS) do
                row[#row + 1] = bin[field]
            end
            list[#list + 1] = row
        end
    end
    return list
end

--- latencies ({ value, count } pairs), functions (by name: seen, sample), width and steps of the
-- time series; of latencies (a histogram) and details (lab.details).
function drawn.pack(latency, kept)
    local functions = {}
    for _, name in ipairs(kept.samples:most_called(FUNCTIONS)) do
        local sample = kept.samples.of[name]
        functions[name] = { seen = sample.seen, sample = { unpack(sample) } }
    end
    return { latencies = latency:to_pairs(), longest = latency.most, functions = functions,
        width = kept.series.width, steps = pack_series(kept.series) }
end

--- The histogram and the details again.
function drawn.unpack(packed)
    local latency, kept = histogram.new(), details.new()
    for _, pair in ipairs(packed.latencies) do
        latency:add_many(pair[1], pair[2])
    end
    latency.most = packed.longest
    for name, func in pairs(packed.functions) do
        local sample = { unpack(func.sample) }
        sample.seen = func.seen
        kept.samples.of[name] = sample
    end
    kept.series.width = packed.width
    for _, row in ipairs(packed.steps) do
        local bin = {}
        for i, field in ipairs(FIELDS) do
            bin[field] = row[i + 1]
        end
        kept.series.bins[row[1]] = bin
    end
    return latency, kept
end

return drawn
