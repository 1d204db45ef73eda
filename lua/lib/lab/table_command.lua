--- `picket lab table`: what several replays came to, side by side.
local table_command = {}

local command_line = require("lab.command_line")
local drawn = require("lab.drawn")
local outcomes = require("lab.outcomes")
local outputs = require("lab.outputs")

-- Those arguments that are NAME=FILE, and the others.
local function split(arguments)
    local files, others, is_value = {}, {}, false
    for _, argument in ipairs(arguments) do
        local list = (argument:find("^%-") or is_value) and others or files
        list[#list + 1] = argument
        is_value = not is_value and argument:find("^%-%-[%w-]+$") ~= nil
    end
    return files, others
end

-- { name, outcome } pairs; false and a message for a bad file, nil and one for wrong usage.
local function load_all(files)
    local list = {}
    for i, argument in ipairs(files) do
        local name, path = argument:match("^([^=]+)=(.+)$")
        if not name then
            return nil, ("expected NAME=FILE, not %s"):format(argument)
        end
        local outcome, message = outcomes.load(path)
        if not outcome then
            return false, message
        end
        list[i] = { name, outcome }
    end
    return list
end

-- What a page shows, as if each replay were a policy that was run once.
local function content_of(list, arguments, world)
    local policies = {}
    for i, pair in ipairs(list) do
        local name, outcome = pair[1], pair[2]
        if not outcome.drawn then
            return nil, name .. ": its file has nothing to draw; replay it again"
        end
        local latency, details = drawn.unpack(outcome.drawn)
        policies[i] = { label = name, outcomes = { outcome }, latency = latency, details = details }
    end
    return {
        title = "Replays", parts = { { policies = policies } },
        facts = { { "command", outputs.command("table", arguments) }, outputs.made_by(world) },
    }
end

local function write_report(list, arguments, options, world)
    local content, made, message
    content, message = content_of(list, arguments, world)
    if not content then
        return 1, message
    end
    made, message = outputs.prepare(options, world)
    if not made then
        return 1, message
    end
    made, message = outputs.write(content, options, made)
    return made and 0 or 1, message
end

--- The exit code (nil: of wrong usage), and what went wrong.
function table_command.run(arguments, world)
    local files, others = split(arguments)
    local options, message = command_line.parse(others, { report = "text" })
    if not options then
        return nil, message
    end
    local list
    list, message = load_all(files)
    if not list then
        return list == false and 1 or nil, message
    elseif #list == 0 then
        return nil, "table wants NAME=FILE ..."
    end
    world.out:write(table.concat(outcomes.lines(list), "\n"), "\n")
    if options.report then
        return write_report(list, arguments, options, world)
    end
    return 0
end

return table_command
