--- `picket lab ...`: the commands that need no network.
local command = {}

local outcomes = require("lab.outcomes")
local registry = require("lab.registry")
local thesis_registry = require("lab.thesis_registry")

local USAGE = [[
usage: picket lab registry [--seed N]   write a registry of the 2018 thesis' shape as JSON
       picket lab table NAME=FILE ...  compare outcomes that picket replay --json wrote
]]

-- { seed = "7" } from { "--seed", "7" }; nil and a message for what is not in `known`.
local function options_from(arguments, known)
    local options, i = {}, 2
    while arguments[i] do
        local name, value = arguments[i]:match("^%-%-([%w-]+)=?(.*)$")
        if not name or not known[name] then
            return nil, ("unknown argument %s"):format(arguments[i])
        end
        if not arguments[i]:find("=", 1, true) then
            i = i + 1
            value = arguments[i]
        end
        if not value or value == "" then
            return nil, ("--%s needs a value"):format(name)
        end
        options[name] = value
        i = i + 1
    end
    return options
end

local commands = {}

function commands.registry(arguments, out)
    local options, message = options_from(arguments, { seed = true })
    if not options then
        return nil, message
    end
    local seed = tonumber(options.seed or 1)
    if not seed then
        return nil, ("--seed must be a number, not %s"):format(options.seed)
    end
    out:write(registry.to_json(thesis_registry.generate(seed)))
    return 0
end

function commands.table(arguments, out)
    local list = {}
    for i = 2, #arguments do
        local name, path = arguments[i]:match("^([^=]+)=(.+)$")
        if not name then
            return nil, ("expected NAME=FILE, not %s"):format(arguments[i])
        end
        local outcome, message = outcomes.load(path)
        if not outcome then
            return nil, message
        end
        list[#list + 1] = { name, outcome }
    end
    out:write(table.concat(outcomes.lines(list), "\n"), "\n")
    return 0
end

--- Runs `picket lab ARGUMENTS`; returns the exit code.  `out` and `err` are standard output and
-- standard error where nothing is said.
function command.main(arguments, out, err)
    out, err = out or io.stdout, err or io.stderr
    local name = arguments[1]
    if name == "--help" or name == "-h" then
        out:write(USAGE)
        return 0
    end
    if not commands[name or ""] then
        if name then
            err:write(("picket: lab has no command %q\n"):format(name))
        end
        err:write(USAGE)
        return 2
    end
    local code, message = commands[name](arguments, out)
    if not code then
        err:write("picket: ", message, "\n", USAGE)
        return 2
    end
    return code
end

return command
