--- `picket lab compare` and `picket lab sweep`.
local compare_command = {}

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

-- Runs the policies on the scenario and says what came of it.
local function compare_all(options, policies, world)
    local chosen, message = scenario.load(options)
    if not chosen then
        return nil, message
    end
    local result, is_whole = run(chosen, policies, options.seeds or 5, world)
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

local KINDS = { preset = "text", policy = "list", seeds = "count", trace = "text",
    registry = "text", json = "text", csv = "text" }

--- `picket lab compare`: the exit code, or nil and what was wrong with the arguments.
function compare_command.compare(arguments, world)
    local options, message = command_line.parse(arguments, KINDS)
    if not options then
        return nil, message
    end
    local policies
    policies, message = parse_policies(options.policy or { "round_robin", "package_aware" })
    if not policies then
        return nil, message
    end
    return compare_all(options, policies, world)
end

-- The policies that "load_threshold=5,10" makes of one, each called by its value.
local function vary(policy, text)
    local name, values = text:match("^([%w_]+)=(.+)$")
    if not name then
        return nil, ("--vary must be option=value,value,..., not %q"):format(text)
    end
    local policies = {}
    for value in (values .. ","):gmatch("([^,]*),") do
        local varied, message = compare.parse_policy(("%s,%s=%s"):format(policy, name, value))
        if not varied then
            return nil, message
        end
        varied.label = name .. "=" .. value
        policies[#policies + 1] = varied
    end
    return policies
end

local SWEEP_KINDS = setmetatable({ policy = "text", vary = "text" }, { __index = KINDS })

--- `picket lab sweep`: one policy, with each of several values of an option.
function compare_command.sweep(arguments, world)
    local options, message = command_line.parse(arguments, SWEEP_KINDS)
    if not options then
        return nil, message
    elseif not options.policy or not options.vary then
        return nil, "a sweep needs --policy NAME and --vary option=value,value,..."
    end
    local policies
    policies, message = vary(options.policy, options.vary)
    if not policies then
        return nil, message
    end
    return compare_all(options, policies, world)
end

return compare_command
