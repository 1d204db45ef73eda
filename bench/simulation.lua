--- How fast the lab simulates: requests per second of CPU time, and memory.
--
--     luajit bench/simulation.lua [policy [workers [requests [model]]]]
--
-- By default `random` over 100 workers, a million requests, with the model of most presets; the
-- load is that of the preset `scale`: 10,000 functions, 28 % of the workers' cores in use.
package.path = "lua/lib/?.lua;lua/policies/?.lua;" .. package.path

-- As src/lab/lab_lua.c sets it for picket lab.
require("jit.opt").start("maxtrace=8000", "maxmcode=16384", "maxrecord=20000", "maxirconst=4000",
    "maxsnap=2000")

local plain_registry = require("lab.plain_registry")
local popularity = require("lab.popularity")
local simulator = require("lab.simulator")
local topology = require("lab.topology")
local workload = require("lab.workload")

local FUNCTIONS = 10000

local policy, count = arg[1] or "random", tonumber(arg[2] or 100)
local requests, model = tonumber(arg[3] or 1e6), arg[4] or "openlambda"

local registry = plain_registry.generate(FUNCTIONS)
local run = assert(simulator.new({
    policy = policy, workers = topology.workers(count, { model = model }), registry = registry,
    seed = 1, workload = workload.poisson(registry, 1, { count = requests, spacing = 100 / count,
        median = 60, sigma = 1, call_sigma = 0.5, weights = popularity.zipf(FUNCTIONS, 1) }),
}))
local began = os.clock()
while run:run(20000) do end
local seconds = os.clock() - began
local outcome = run:outcome()
print(("%s, %d workers, %s: %.0f requests/s, %.0f ns each, %.0f MB; mean latency %.3f ms"):format(
    policy, count, model, requests / seconds, seconds / requests * 1e9,
    collectgarbage("count") / 1024, outcome.mean_ms))
