--- `picket lab ...`: the commands that need no network.
local command = {}

local command_line = require("lab.command_line")
local compare_command = require("lab.compare_command")
local outcomes = require("lab.outcomes")
local preset = require("lab.preset")
local registry = require("lab.registry")
local thesis_command = require("lab.thesis_command")
local thesis_registry = require("lab.thesis_registry")

local USAGE = [=[
usage: picket lab compare [--preset NAME|FILE] [--policy NAME[,option=value...]] ...
                          [--seeds N] [--trace FILE] [--registry FILE] [--json FILE] [--csv FILE]
                          [--report FILE.html]
                                       policies on the same requests, in virtual time
       picket lab sweep --policy NAME --vary option=value,value,... [as for compare]
                                       one policy with several values of an option
       picket lab thesis [--seeds N] [--report FILE.html] [--measured DIR]
                                       the experiments of the 2018 thesis, simulated
       picket lab list                 the presets
       picket lab registry [--seed N]  write a registry of the 2018 thesis' shape as JSON
       picket lab table NAME=FILE ...  compare outcomes that picket replay --json wrote
]=]

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

commands.compare, commands.sweep = compare_command.compare, compare_command.sweep
commands.thesis = thesis_command.run

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
    if message then
        world.err:write("picket: ", message, "\n")
    end
    return code or 2
end

return command
