--- `picket lab bench`: nanoseconds per pick, by number of workers.
local bench_command = {}

local cjson = require("cjson")
local command_line = require("lab.command_line")
local compare = require("lab.compare")
local format = require("lab.format")
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

-- Writes the costs by policy and number of workers to a file.
local function write_json(path, measured)
    local list = {}
    for i, pair in ipairs(measured) do
        list[i] = { policy = pair[1], pick_ns = {} }
        for at, size in ipairs(SIZES) do
            list[i].pick_ns[tostring(size)] = pair[2][at]
        end
    end
    local file, message = io.open(path, "w")
    if not file then
        return nil, message
    end
    file:write(cjson.encode({ policies = list }), "\n")
    file:close()
    return true
end

--- The exit code (nil: of wrong usage), and what went wrong.
function bench_command.run(arguments, world)
    local options, message = command_line.parse(arguments, { policy = "list", json = "text" })
    if not options then
        return nil, message
    end
    local rows, measured = { { "workers", unpack(SIZES) } }, {}
    for i, text in ipairs(options.policy or POLICIES) do
        local costs
        costs, message = measure(text)
        if not costs then
            return 1, message
        end
        rows[i + 1], measured[i] = row_of(text, costs), { text, costs }
    end
    world.out:write(table.concat(text_table.narrow(rows), "\n"), "\n")
    local is_written = true
    if options.json then
        is_written, message = write_json(options.json, measured)
    end
    return is_written and 0 or 1, message
end

return bench_command
