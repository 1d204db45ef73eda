--- `picket lab bench`: nanoseconds per pick, by number of workers.
local bench_command = {}

local cjson = require("cjson")
local compare = require("lab.compare")
local format = require("lab.format")
local outputs = require("lab.outputs")
local pick_cost = require("lab.pick_cost")
local text_table = require("lab.table")

local SIZES = { 1, 5, 10, 100, 1000 }
local POLICIES = { "round_robin", "random", "least_loaded", "hash", "ip_hash", "package_aware" }

-- Nanoseconds by number of workers; nil and a message when the policy cannot be loaded or picks
-- nobody.
local function measure(text)
    local policy, message = compare.parse_policy(text)
    if not policy then
        return nil, message
    end
    local costs = {}
    for i, size in ipairs(SIZES) do
        costs[i], message = pick_cost.measure(policy.name, policy.options, size)
        if not costs[i] then
            return nil, text .. ": " .. message
        end
    end
    return costs
end

local function row_of(text, costs)
    local row = { text }
    for _, cost in ipairs(costs) do
        row[#row + 1] = format.nanoseconds(cost)
    end
    return row
end

-- The costs by policy and number of workers.
local function to_json(measured)
    local list = {}
    for i, pair in ipairs(measured) do
        list[i] = { policy = pair[1], pick_ns = {} }
        for at, size in ipairs(SIZES) do
            list[i].pick_ns[tostring(size)] = pair[2][at]
        end
    end
    return cjson.encode({ policies = list }) .. "\n"
end

bench_command.options = { policy = "list", json = "text" }

function bench_command.run(options, _, world)
    return outputs.produce(options, world, function()
        local rows, measured = { { "workers", unpack(SIZES) } }, {}
        for i, text in ipairs(options.policy or POLICIES) do
            local costs, message = measure(text)
            if not costs then
                return nil, message
            end
            rows[i + 1], measured[i] = row_of(text, costs), { text, costs }
        end
        world.out:write(table.concat(text_table.narrow(rows), "\n"), "\n")
        return { json = function() return to_json(measured) end }
    end)
end

return bench_command
