--- `picket lab compare`: the exit code, or nil and what was wrong with the arguments.
local command_line = require("lab.command_line")
local compare = require("lab.compare")
local exports = require("lab.exports")
local progress = require("lab.progress")
local report = require("lab.report")
local scenario = require("lab.scenario")

local function parse_policies(texts)
    local policies = {}
    for i, text in ipairs(texts) do
        local policy, message = compare.parse_policy(text)
        if not policy then
            return nil, message
        end
        policies[i] = policy
    end
    return policies
end

-- Runs the comparison behind a progress bar; what compare.run() returns.
local function run(chosen, policies, seeds, world)
    local began = world.clock()
    local bar = progress.new("", chosen.requests * #policies * seeds,
        world.columns and function(text) world.err:write(text) end, world.columns)
    local result, message = compare.run(chosen, policies, seeds, function(done)
        bar:show(done, world.clock() - began)
        return not world.is_interrupted()
    end)
    bar:clear()
    return result, message
end

-- Writes the outcomes to the files that the options ask for; nil and a message on failure.
local function export(result, options)
    for _, form in ipairs({ "json", "csv" }) do
        if options[form] then
            local file, message = io.open(options[form], "w")
            if not file then
                return nil, message
            end
            file:write(exports[form](result))
            file:close()
        end
    end
    return true
end

local COMPARE = { preset = "text", policy = "list", seeds = "count", trace = "text",
    registry = "text", json = "text", csv = "text" }

local function compare_command(arguments, world)
    local options, message = command_line.parse(arguments, COMPARE)
    local chosen, policies, result, is_whole
    if options then
        chosen, message = scenario.load(options)
    end
    if chosen then
        policies, message = parse_policies(options.policy or { "round_robin", "package_aware" })
    end
    if not policies then
        return nil, message
    end
    result, is_whole = run(chosen, policies, options.seeds or 5, world)
    if not result then
        return nil, is_whole
    end
    world.out:write(table.concat(report.lines(result), "\n"), "\n")
    if not is_whole then
        world.err:write("picket: interrupted; the table has what was done by then\n")
        return 1
    end
    is_whole, message = export(result, options)
    return is_whole and 0, message
end

return compare_command
