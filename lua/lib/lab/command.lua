--- `picket lab ...`: the commands that need no network.
local command = {}

local bench_command = require("lab.bench_command")
local command_line = require("lab.command_line")
local compare_command = require("lab.compare_command")
local help = require("lab.help")
local preset = require("lab.preset")
local registry = require("lab.registry")
local suggest = require("picket.suggest")
local table_command = require("lab.table_command")
local thesis_command = require("lab.thesis_command")
local thesis_registry = require("lab.thesis_registry")

-- Each has options (their kinds, see lab.command_line), and run(options, arguments, world), which
-- returns the exit code (nil: of wrong usage), and what went wrong.
local commands = {
    compare = compare_command.compare, sweep = compare_command.sweep,
    thesis = thesis_command, bench = bench_command, table = table_command,
    list = { options = {} }, registry = { options = { seed = "number" } },
}

function commands.list.run(_, _, world)
    for _, name in ipairs(preset.names) do
        world.out:write(("%-24s %s\n"):format(name, preset.load(name).text))
    end
    return 0
end

function commands.registry.run(options, _, world)
    world.out:write(registry.to_json(thesis_registry.generate(options.seed or 1)))
    return 0
end

local function wants_help(arguments)
    for _, argument in ipairs(arguments) do
        if argument == "--help" or argument == "-h" then
            return true
        end
    end
    return false
end

-- What to say to somebody who named no command that there is.
local function no_command(name)
    if name:find("^%-") then
        return ("lab wants a command before %s, such as: picket lab compare %s ..."):format(
            name, name)
    end
    return ("lab has no command %q%s"):format(name, suggest.hint(name, help.commands))
end

--- Runs `picket lab ARGUMENTS`; returns the exit code.  `world` has: out and err (streams), columns
-- (of the terminal behind err; nil: none), is_colour (whether out shows colours), clock() (in
-- seconds), date(format), is_interrupted(), version, and share (the folder of picket's own files).
function command.main(arguments, world)
    local name = arguments[1]
    if not name then
        world.err:write(help.overview())
        return 2
    elseif wants_help(arguments) then
        world.out:write(help.of(name) or help.overview())
        return 0
    elseif not commands[name] then
        world.err:write("picket: ", no_command(name), "\nsee picket lab --help\n")
        return 2
    end
    local rest, code = { unpack(arguments, 2) }, nil
    local options, message = command_line.parse(rest, commands[name].options)
    if options then
        code, message = commands[name].run(options, rest, world)
    end
    if message then
        world.err:write("picket: ", message, "\n")
    end
    return code or 2
end

return command
