--- Send a function to where its largest package probably is installed already.
--
-- Use it when installing packages dominates the time of a cold start.  The largest package (of a
-- function without packages: its name) has two candidate workers; the less loaded of them serves.
-- At `load_threshold` that one is busy enough, and the least loaded of all workers serves instead.
-- Load is requests in flight divided by weight, so the threshold is for a worker of weight 1.
-- Full: the other candidate serves; when both are full, the least loaded of all.  (To wait for the
-- warm worker instead, return it although it is full.)
-- Membership: on the ring, only the packages of a worker that leaves move, and a new one takes its
-- share; under the rule of 2018 most packages move.
-- Cost: a search on the ring; one pass over the workers for each request that is diverted.
-- Options: load_threshold = 100
--          candidates = "ring" (default): the next two on a consistent hash ring, more often those
--          with more weight; of equally loaded ones the first;
--          candidates = "2018": the numbers FNV-1 and FNV-1a of the package modulo the number of
--          workers, whatever their weights; of equally loaded ones the second.
-- Source: Abad, Boza and van Eyk, "Package-Aware Scheduling of FaaS Functions", 2018; olscheduler.
local hash = require("picket.hash")
local options = require("picket.options")
local ring = require("picket.ring").new()

local OPTIONS = {
    load_threshold = options.number(100, 0),
    candidates = options.choice("ring", "2018"),
}

local package_aware = { counters = { diverted = 0 } } -- how often the threshold took effect
local settings

function package_aware.start(given, workers)
    settings = options.check("package_aware", given, OPTIONS)
    package_aware.changed(workers)
end

function package_aware.changed(workers)
    if settings.candidates == "ring" then
        ring:changed(workers)
    end
end

local function load(worker)
    return worker.inflight / worker.weight
end

-- The two candidates; the first is preferred when they are equally loaded.
local function candidates(package, workers)
    if settings.candidates == "2018" then
        return workers[hash.fnv1a_32(package) % #workers + 1],
            workers[hash.fnv1_32(package) % #workers + 1]
    end
    local owners = ring:find(hash.spread(package), 2)
    return owners[1], owners[2] or owners[1]
end

local function less_loaded(one, other)
    if one:is_free() and other:is_free() then
        return load(other) < load(one) and other or one
    end
    return one:is_free() and one or other:is_free() and other or nil
end

local function least_loaded(workers)
    local best, lowest = nil, math.huge
    for i = 1, #workers do
        local worker = workers[i]
        if load(worker) < lowest and worker:is_free() then
            best, lowest = worker, load(worker)
        end
    end
    return best
end

function package_aware.pick(request, workers)
    if #workers == 0 then
        return nil
    end
    local worker = less_loaded(candidates(request.packages[1] or request.func, workers))
    if worker and load(worker) < settings.load_threshold then
        return worker
    end
    package_aware.counters.diverted = package_aware.counters.diverted + 1
    return least_loaded(workers)
end

return package_aware
