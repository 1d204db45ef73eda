--- `picket lab table`: what several replays came to, side by side.
local table_command = {}

local drawn = require("lab.drawn")
local outcomes = require("lab.outcomes")
local outputs = require("lab.outputs")

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

table_command.options = { "NAME=FILE", report = "text" }

function table_command.run(options, arguments, world)
    local list, message = load_all(options)
    if not list then
        return list == false and 1 or nil, message
    elseif #list == 0 then
        return nil, "table wants NAME=FILE ..."
    end
    return outputs.produce(options, world, function(assets)
        world.out:write(table.concat(outcomes.lines(list), "\n"), "\n")
        if not options.report then
            return {}
        end
        local content, fault = content_of(list, arguments, world)
        return content and outputs.forms(content, assets), fault
    end)
end

return table_command
