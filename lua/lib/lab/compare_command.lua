--- `picket lab compare` and `picket lab sweep`.
local compare_command = {}

local compare = require("lab.compare")
local outputs = require("lab.outputs")
local progress = require("lab.progress")
local report = require("lab.report")
local scenario = require("lab.scenario")

local SEEDS = 5
local INTERRUPTED = 130 -- as shells say it of SIGINT

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

--- Runs policies on a scenario behind a progress bar; what compare.run() returns.
function compare_command.run(chosen, policies, seeds, world, has_details)
    local began = world.clock()
    local bar = progress.new("", chosen.requests * #policies * seeds,
        world.columns and function(text) world.err:write(text) end, world.columns)
    local result, message = compare.run(chosen, policies, seeds, function(done)
        bar:show(done, world.clock() - began)
        return not world.is_interrupted()
    end, has_details)
    bar:clear()
    return result, message
end

local function workload_of(options, chosen)
    local name = options.preset or "thesis2018"
    local parts = { options.trace and "requests of " .. options.trace
        or ("%s: %s"):format(name, chosen.text) }
    if options.trace then
        parts[2] = "workers of " .. name
    end
    if options.registry then
        parts[#parts + 1] = "functions of " .. options.registry
    end
    return table.concat(parts, "; ")
end

local function content_of(done, chosen, result, world)
    local options = done.options
    local facts = outputs.facts({
        name = done.name, arguments = done.arguments, policies = result, seeds = done.seeds,
        workload = workload_of(options, chosen), requests = chosen.requests,
    }, world)
    table.insert(facts, 4, { "workers", tostring(#chosen.workers()) })
    return {
        title = done.vary and ("Sweep over %s of %s"):format(done.vary.name, options.policy)
            or "Comparison of policies",
        facts = facts, policies = result, parts = { { policies = result, vary = done.vary } },
    }
end

-- Runs the policies on the scenario and says what came of it.  `done`: name, arguments, options,
-- seeds and, of a sweep, vary.
local function compare_all(done, policies, world)
    local options = done.options
    return outputs.produce(options, world, function(assets)
        local chosen, message = scenario.load(options)
        if not chosen then
            return nil, message
        end
        if chosen.note then
            world.err:write("picket: ", chosen.note, "\n")
        end
        local result, is_whole =
            compare_command.run(chosen, policies, done.seeds, world, options.report ~= nil)
        if not result then
            return nil, is_whole
        end
        world.out:write(table.concat(report.lines(result, world.is_colour), "\n"), "\n")
        if not is_whole then
            return nil, "interrupted; the table has what was done by then", INTERRUPTED
        end
        return outputs.forms(content_of(done, chosen, result, world), assets)
    end)
end

local OPTIONS = { preset = "text", policy = "list", seeds = "count", trace = "text",
    registry = "text", requests = "count", json = "text", csv = "text", report = "text" }

--- `picket lab compare`.
compare_command.compare = { options = OPTIONS }

function compare_command.compare.run(options, arguments, world)
    local policies, message = parse_policies(options.policy or { "round_robin", "package_aware" })
    if not policies then
        return nil, message
    end
    return compare_all({ name = "compare", arguments = arguments, options = options,
        seeds = options.seeds or SEEDS }, policies, world)
end

-- The policies that "load_threshold=5,10" makes of one, each called by its value, and what varies.
local function vary(policy, text)
    local name, values = text:match("^([%w_]+)=(.+)$")
    if not name then
        return nil, ("--vary must be option=value,value,..., not %q"):format(text)
    end
    local policies, what = {}, { name = name, values = {} }
    for value in (values .. ","):gmatch("([^,]*),") do
        local varied, message = compare.parse_policy(("%s,%s=%s"):format(policy, name, value))
        if not varied then
            return nil, message
        end
        varied.label = name .. "=" .. value
        table.insert(policies, varied)
        table.insert(what.values, value)
    end
    return policies, what
end

--- `picket lab sweep`: one policy, with each of several values of an option.
compare_command.sweep = {
    options = setmetatable({ policy = "text", vary = "text" }, { __index = OPTIONS }),
}

function compare_command.sweep.run(options, arguments, world)
    if not options.policy or not options.vary then
        return nil, "a sweep needs --policy NAME and --vary option=value,value,..."
    end
    local policies, what = vary(options.policy, options.vary)
    if not policies then
        return nil, what
    end
    return compare_all({ name = "sweep", arguments = arguments, options = options, vary = what,
        seeds = options.seeds or SEEDS }, policies, world)
end

return compare_command
