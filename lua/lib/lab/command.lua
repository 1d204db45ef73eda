--- `picket lab ...`: the commands that need no network.
local command = {}

local command_line = require("lab.command_line")
local compare = require("lab.compare")
local outcomes = require("lab.outcomes")
local preset = require("lab.preset")
local progress = require("lab.progress")
local registry = require("lab.registry")
local report = require("lab.report")
local thesis_registry = require("lab.thesis_registry")

local USAGE = [[
usage: picket lab compare --preset NAME|FILE --policy NAME[,option=value...] ... [--seeds N]
                                       policies on the same requests, in virtual time
       picket lab list                 the presets
       picket lab registry [--seed N]  write a registry of the 2018 thesis' shape as JSON
       picket lab table NAME=FILE ...  compare outcomes that picket replay --json wrote
]]

local commands = {}

function commands.list(_, world)
    for _, name in ipairs(preset.names) do
        world.out:write(("%-24s %s\n"):format(name, preset.load(name).text))
    end
    return 0
end

function commands.registry(arguments, world)
    local options, message = command_line.parse(arguments, { seed = "number" })
    if not options then
        return nil, message
    end
    world.out:write(registry.to_json(thesis_registry.generate(options.seed or 1)))
    return 0
end

function commands.table(arguments, world)
    local list = {}
    for i, argument in ipairs(arguments) do
        local name, path = argument:match("^([^=]+)=(.+)$")
        if not name then
            return nil, ("expected NAME=FILE, not %s"):format(argument)
        end
        local outcome, message = outcomes.load(path)
        if not outcome then
            return nil, message
        end
        list[i] = { name, outcome }
    end
    world.out:write(table.concat(outcomes.lines(list), "\n"), "\n")
    return 0
end

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

function commands.compare(arguments, world)
    local options, message = command_line.parse(arguments,
        { preset = "text", policy = "list", seeds = "count" })
    local chosen, policies, result
    if options then
        chosen, message = preset.load(options.preset or "thesis2018")
    end
    if chosen then
        policies, message = parse_policies(options.policy or { "round_robin", "package_aware" })
    end
    if policies then
        result, message = run(chosen, policies, options.seeds or 5, world)
    end
    if not result then
        return nil, message
    end
    world.out:write(table.concat(report.lines(result), "\n"), "\n")
    if not message then
        world.err:write("picket: interrupted; the table has what was done by then\n")
    end
    return message and 0 or 1
end

--- Runs `picket lab ARGUMENTS`; returns the exit code.  `world` has: out and err (streams), columns
-- (of the terminal behind err; nil: none), clock() (seconds) and is_interrupted().
function command.main(arguments, world)
    local name = arguments[1]
    if name == "--help" or name == "-h" then
        world.out:write(USAGE)
        return 0
    end
    if not commands[name or ""] then
        if name then
            world.err:write(("picket: lab has no command %q\n"):format(name))
        end
        world.err:write(USAGE)
        return 2
    end
    local code, message = commands[name]({ unpack(arguments, 2) }, world)
    if not code then
        world.err:write("picket: ", message, "\n")
        return 2
    end
    return code
end

return command
