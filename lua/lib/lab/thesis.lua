--- The experiments of the 2018 thesis, to be simulated again.
local thesis = {}

local compare = require("lab.compare")
local facts = require("lab.thesis_facts")
local thesis_registry = require("lab.thesis_registry")
local topology = require("lab.topology")
local workload = require("lab.workload")

local WORKERS, REQUESTS, SPACING = 5, 1493, 200.8
local DURATION = 300e3 -- ms that the client of the sequential experiment kept asking
local APART = 1e6 -- ms between sequential requests: each finds all workers idle
local ENOUGH = 3000 -- sequential requests: more than fit in that time

local POLICIES = { "round_robin", "random", "least_loaded,ties=first",
    "package_aware,candidates=2018" }
local THRESHOLDS = { "5", "10", "25", "50", "75", "100", "150", "200", "300" }

local function parse(texts)
    local policies = {}
    for i, text in ipairs(texts) do
        policies[i] = assert(compare.parse_policy(text))
    end
    return policies
end

local function scenario(registry, model, machines, spacing, count)
    count = count or REQUESTS
    return {
        requests = count,
        workers = function()
            return topology.workers(WORKERS, { model = model, machines = machines })
        end,
        registry = registry,
        workload = function(known, seed)
            return workload.uniform(known, seed, spacing, count)
        end,
    }
end

local function sequential(registry)
    local made = scenario(registry, "thesis2018_sequential", 1, APART, ENOUGH)
    made.is_over = function(record)
        return record.latency.sum >= DURATION
    end
    return {
        name = "sequential", title = "One request at a time", scenario = made,
        is_timeless = true, -- the client's own time passes only while it waits
        policies = parse(POLICIES), facts = facts.sequential,
        text = "One client that asks again when it is answered, for 300 s.  A policy that finds "
            .. "its packages completes more requests in that time, so that the policies do not "
            .. "serve equally many.  Least loaded always takes the first of the idle workers.",
    }
end

local function open(registry)
    return {
        name = "open", title = "Under load", policies = parse(POLICIES), facts = facts.open,
        scenario = scenario(registry, "thesis2018", 1, SPACING),
        text = "A request every 200.8 ms for 300 s, whether or not the last ones are answered; all "
            .. "five workers share one machine.  The experiment of 2018 stopped after the 300 s "
            .. "and lost the 60 slowest requests of round robin without saying so; here all are "
            .. "waited for.  Boxes by function are what Figures 3.1 to 3.9 of the thesis show, "
            .. "bars by policy and by worker Figures 3.10 and 3.11.",
    }
end

local function thresholds(registry)
    local policies = {}
    for i, value in ipairs(THRESHOLDS) do
        policies[i] = parse({ "package_aware,candidates=2018,load_threshold=" .. value })[1]
        policies[i].label = "load_threshold=" .. value
    end
    return {
        name = "thresholds", title = "The threshold of package-aware", policies = policies,
        vary = { name = "load_threshold", values = THRESHOLDS }, facts = facts.thresholds,
        scenario = scenario(registry, "thesis2018", 1, SPACING),
        text = "The same load, as Figure 3.7.  In 2018 no request was diverted from a threshold of "
            .. "100 up: those runs repeat one policy, and their differences (10 %) are chance.",
    }
end

local function own_machines(registry)
    return {
        name = "own_machines", title = "A machine for each worker", policies = parse(POLICIES),
        scenario = scenario(registry, "thesis2018", nil, SPACING),
        text = "What the thesis did not measure: the same load, and workers that do not share "
            .. "their cores.  One machine for all rewards imbalance; here it has its price.",
    }
end

--- The experiments in their order: name, title, text, policies, scenario, facts (by label; may be
-- nil), vary and is_timeless.  `registry`: the functions to use; nil: made from the seed.
function thesis.experiments(registry)
    local source = registry and function() return registry end or thesis_registry.generate
    return { sequential(source), open(source), thresholds(source), own_machines(source) }
end

return thesis
