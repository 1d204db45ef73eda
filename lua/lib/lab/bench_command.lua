--- `picket lab bench`: nanoseconds per pick, by number of workers.
local bench_command = {}

local command_line = require("lab.command_line")
local compare = require("lab.compare")
local format = require("lab.format")
local pick_cost = require("lab.pick_cost")
local text_table = require("lab.table")

local SIZES = { 10, 100, 1000 }
local POLICIES = { "round_robin", "random", "least_loaded", "hash", "ip_hash", "package_aware" }

-- The row of a policy, or nil and a message when it cannot be loaded or picks nobody.
local function row_of(text)
    local policy, message = compare.parse_policy(text)
    if not policy then
        return nil, message
    end
    local row = { text }
    for _, size in ipairs(SIZES) do
        local cost
        cost, message = pick_cost.measure(policy.name, policy.options, size)
        if not cost then
            return nil, message
        end
        row[#row + 1] = format.nanoseconds(cost)
    end
    return row
end

--- The exit code (nil: of wrong usage), and what went wrong.
function bench_command.run(arguments, world)
    local options, message = command_line.parse(arguments, { policy = "list" })
    if not options then
        return nil, message
    end
    local rows = { { "workers", unpack(SIZES) } }
    for i, text in ipairs(options.policy or POLICIES) do
        rows[i + 1], message = row_of(text)
        if not rows[i + 1] then
            return 1, message
        end
    end
    world.out:write(table.concat(text_table.narrow(rows), "\n"), "\n")
    return 0
end

return bench_command
