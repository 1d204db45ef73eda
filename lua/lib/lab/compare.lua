--- Several policies on the same sequences of requests, one sequence for each seed.
local compare = {}

local details = require("lab.details")
local histogram = require("lab.histogram")
local pick_cost = require("lab.pick_cost")
local policy_trial = require("lab.policy_trial")
local simulator = require("lab.simulator")

local STEPS = 20000 -- between two looks at progress and Ctrl-C

--- A policy as it is written on the command line: "package_aware,load_threshold=50".
function compare.parse_policy(text)
    local policy = { label = text, text = text, options = {}, texts = {} }
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

-- A run to be, of a policy that has been tried; nil and a message when it is not fit for one.
local function new_run(preset, policy, seed)
    local registry = preset.registry(seed)
    if not policy.is_tried then
        local ok, message = policy_trial.run(policy.name, policy.options, registry)
        if not ok then
            return nil, message
        end
        policy.is_tried = true
    end
    return simulator.new({
        policy = policy.name, options = policy.options, workers = preset.workers(),
        registry = registry, workload = preset.workload(registry, seed), seed = seed,
        details = seed == 1 and policy.details or nil,
    })
end

-- A value such as 2018 is a number, but a text for a policy that refuses a number there: then its
-- message names the option.
local function start(preset, policy, seed)
    local run, message = new_run(preset, policy, seed)
    for name, text in pairs(policy.texts) do
        local is_number = type(policy.options[name]) == "number"
        if not run and is_number and message:find(": " .. name .. " must", 1, true) then
            policy.options[name] = text
            return start(preset, policy, seed)
        end
    end
    return run, message
end

-- Goes on for some time; true when there is more.
local function advance(preset, run)
    if not preset.is_over then
        return run:run(STEPS)
    end
    for _ = 1, STEPS do
        if not run:run(1) or preset.is_over(run.record) then
            return false
        end
    end
    return true
end

-- Runs to the end, or until the preset says that it is over; false when it was interrupted.
local function finish(preset, run, before, on_progress)
    repeat
        local has_more = advance(preset, run)
        if not on_progress(before + run.record.completed + run.record.failed) then
            return false
        end
    until not has_more
    return true
end

local function outcome_of(run, policy, began)
    local outcome = run:outcome()
    outcome.seconds, outcome.pick_ns = os.clock() - began, policy.pick_ns
    return outcome
end

-- One run; nil when it was interrupted, and what had come of it; false and a message when the
-- policy cannot be loaded.
local function run_once(preset, policy, seed, before, on_progress)
    local run, message = start(preset, policy, seed)
    if not run then
        return false, message
    end
    policy.pick_ns = policy.pick_ns
        or pick_cost.measure(policy.name, policy.options, #run.workers)
    local began = os.clock()
    if not finish(preset, run, before, on_progress) then
        return nil, outcome_of(run, policy, began)
    end
    policy.latency:merge(run.record.latency)
    return outcome_of(run, policy, began)
end

local function prepare(policies, has_details)
    for _, policy in ipairs(policies) do
        policy.outcomes, policy.latency = {}, histogram.new()
        policy.details = has_details and details.new() or nil
    end
end

--- Runs every policy with seeds 1 to `seeds`.  `on_progress(requests so far)` answers false to
-- stop; `has_details`: keep what a report draws.  A preset may end a run: is_over(record).
-- Returns the policies, each with its outcomes by seed, latency (a histogram of all seeds) and
-- details (of the first), and whether all was run; nil and a message when one cannot be loaded.
function compare.run(preset, policies, seeds, on_progress, has_details)
    local done = 0
    prepare(policies, has_details)
    for seed = 1, seeds do
        for _, policy in ipairs(policies) do
            local outcome, other = run_once(preset, policy, seed, done, on_progress)
            if outcome == false then
                return nil, other
            elseif not outcome then
                -- A part of a run is not to be compared with others, but better than nothing.
                policies[1].outcomes[1] = policies[1].outcomes[1] or other
                return policies, false
            end
            policy.outcomes[seed] = outcome
            done = done + outcome.sent
        end
    end
    return policies, true
end

return compare
