--- What a pick costs: a policy alone, over and over, on workers whose load changes all the time.
-- The workers are what they are in the gateway, FFI views of rows in one table.
local pick_cost = {}

local ffi = require("ffi")
local fakes = require("picket.fakes")
local policy_host = require("lab.policy_host")
local watch = require("lab.watch")

local VARIANTS = 128 -- different requests, and requests in flight
local ROUNDS = 5 -- of which the fastest counts
local BUDGET = 2e5 -- workers looked at in a round, about

-- The fields of src/shared/worker_abi.h that policies read, a cache line for each worker.
local row = ffi.typeof([[struct {
    int32_t slot, inflight, capacity, unused;
    double weight, latency_ms, utilization, served, failed, spare;
}]])
local rows_of = ffi.typeof("$[?]", row)

local Worker = {}

function Worker:is_free()
    return self.inflight < self.capacity
end

function Worker.has()
    return false
end

function Worker.is_warm()
    return false
end

ffi.metatype(row, {
    __index = function(worker, key)
        if key == "name" or key == "url" then
            return "worker-" .. worker.slot
        end
        return Worker[key]
    end,
})

local function make_workers(count)
    local rows = rows_of(count)
    local workers = { rows = rows } -- the views do not keep their memory alive
    for i = 1, count do
        local worker = rows[i - 1]
        worker.slot, worker.capacity, worker.weight = i - 1, fakes.UNLIMITED, 1
        workers[i] = worker
    end
    return workers
end

local function make_requests()
    local requests = {}
    for i = 1, VARIANTS do
        requests[i] = fakes.request({
            func = "function-" .. i, packages = { "package-" .. i % 97 },
            client = ("10.%d.%d.1"):format(i % 256, i % 7),
        })
    end
    return requests
end

-- Seconds for so many picks, with the bookkeeping around them.
local function run(host, requests, workers, picks)
    local pick, place = host.policy.pick, host.places.pick
    local running, began = {}, os.clock()
    for i = 1, picks do
        local at = i % VARIANTS + 1
        local ended = running[at]
        if ended then
            ended.inflight = ended.inflight - 1
        end
        watch.enter(place)
        local worker = pick(requests[at], workers)
        watch.leave()
        if not worker then
            error("picks nobody though all workers are free", 0)
        end
        worker.inflight = worker.inflight + 1
        running[at] = worker
    end
    for _, worker in pairs(running) do
        worker.inflight = worker.inflight - 1
    end
    return os.clock() - began
end

--- Nanoseconds per pick among so many workers; nil and a message for a policy that fails or picks
-- nobody.
function pick_cost.measure(name, options, count)
    local workers, requests, best = make_workers(count), make_requests(), math.huge
    local picks = math.max(1000, BUDGET / count)
    local host, ok, message
    host, message = policy_host.new(name, options, workers, 1)
    if not host then
        return nil, message
    end
    ok, message = pcall(function()
        for _ = 1, ROUNDS do
            best = math.min(best, run(host, requests, workers, picks) / picks)
        end
    end)
    watch.leave()
    if not ok then
        return nil, tostring(message)
    end
    return best * 1e9
end

return pick_cost
