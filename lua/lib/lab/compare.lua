--- Several policies on the same sequences of requests, one sequence for each seed.
local compare = {}

local simulator = require("lab.simulator")

local STEPS = 20000 -- between two looks at progress and Ctrl-C

--- A policy as it is written on the command line: "package_aware,load_threshold=50".
function compare.parse_policy(text)
    local policy = { label = text, options = {}, texts = {} }
    for part in (text .. ","):gmatch("([^,]*),") do
        local name, value = part:match("^([%w_]+)=(.*)$")
        if not policy.name then
            policy.name = part
        elseif not name then
            return nil, ("%s: expected option=value, not %q"):format(text, part)
        else
            policy.texts[name] = value
            policy.options[name] = tonumber(value) or (value == "true")
                or (value ~= "false" and value)
        end
    end
    if policy.name == "" then
        return nil, "a policy has a name"
    end
    return policy
end

local function new_run(preset, policy, seed, options)
    local registry = preset.registry(seed)
    return simulator.new({
        policy = policy.name, options = options, workers = preset.workers(), registry = registry,
        workload = preset.workload(registry, seed), seed = seed,
    })
end

-- A value such as 2018 is a number, but a text for a policy that refuses a number there: then its
-- message names the option.
local function start(preset, policy, seed)
    local run, message = new_run(preset, policy, seed, policy.options)
    for name, text in pairs(policy.texts) do
        local is_number = type(policy.options[name]) == "number"
        if not run and is_number and message:find('"' .. name .. '"', 1, true) then
            policy.options[name] = text
            return start(preset, policy, seed)
        end
    end
    return run, message
end

-- Runs to the end; false when it was interrupted.
local function finish(run, before, on_progress)
    local has_more
    repeat
        has_more = run:run(STEPS)
        if not on_progress(before + run.record.completed + run.record.failed) then
            return false
        end
    until not has_more
    return true
end

--- Runs every policy with seeds 1 to `seeds`.  `on_progress(requests so far)` answers false to
-- stop.  Returns the policies, each with its outcomes by seed, and whether all was run; nil and a
-- message when a policy cannot be loaded.
function compare.run(preset, policies, seeds, on_progress)
    local done = 0
    for _, policy in ipairs(policies) do
        policy.outcomes = {}
    end
    for seed = 1, seeds do
        for _, policy in ipairs(policies) do
            local run, message = start(preset, policy, seed)
            if not run then
                return nil, message
            end
            local began = os.clock()
            if not finish(run, done, on_progress) then
                return policies, false
            end
            local outcome = run:outcome()
            outcome.seconds = os.clock() - began
            policy.outcomes[seed] = outcome
            done = done + outcome.sent
        end
    end
    return policies, true
end

return compare
