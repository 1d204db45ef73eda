--- What a pick costs: nanoseconds for each policy over 10, 100 and 1,000 workers.
--
--     luajit bench/picks.lua [policy[,option=value...] ...]
--
-- Workers are what they are in the gateway, FFI views of rows in one table.  Each pick adds a
-- request to a worker and one of some hundred picks ago ends, so that loads change all the time.
-- Functions and clients vary; weights are equal, and in a second table 1, 2, 3, 1, 2, 3, ...
package.path = "lua/lib/?.lua;lua/policies/?.lua;" .. package.path

local ffi = require("ffi")
local fakes = require("picket.fakes")

local POLICIES = {
    "round_robin", "random", "least_loaded", "least_loaded,ties=first", "hash", "ip_hash",
    "package_aware", "package_aware,candidates=2018",
}
local SIZES = { 10, 100, 1000 }
local VARIANTS = 512 -- different requests, and requests in flight
local ROUNDS = 5 -- of which the fastest counts
local BUDGET = 2e6 -- workers looked at in a round, about

-- The fields of src/shared/worker_abi.h that policies read.
ffi.cdef([[
struct bench_worker {
    int32_t slot, state, draining, inflight, capacity;
    uint32_t version;
    double weight, latency_ms, utilization;
} __attribute__((aligned(64)));
]])

local tried = ffi.new("uint8_t[?]", SIZES[#SIZES])
local Worker = {}

function Worker:is_free()
    return self.inflight < self.capacity and tried[self.slot] == 0
end

ffi.metatype("struct bench_worker", {
    __index = function(worker, key)
        return key == "name" and "worker-" .. worker.slot or Worker[key]
    end,
})

local function make_workers(count, weight_of)
    local rows = ffi.new("struct bench_worker[?]", count)
    local workers = { rows = rows } -- the views do not keep their memory alive
    for i = 1, count do
        local worker = rows[i - 1]
        worker.slot, worker.capacity, worker.weight = i - 1, fakes.UNLIMITED, weight_of(i)
        workers[i] = worker
    end
    return workers
end

local function make_requests()
    local requests = {}
    for i = 1, VARIANTS do
        requests[i] = fakes.request({
            func = "function-" .. i,
            packages = { "package-" .. i % 97 },
            client = ("10.%d.%d.1"):format(i % 256, i % 7),
        })
    end
    return requests
end

-- Seconds for so many picks, with the bookkeeping around them.
local function run(pick, requests, workers, picks)
    local running = {}
    local began = os.clock()
    for i = 1, picks do
        local at = i % VARIANTS + 1
        local worker = pick(requests[at], workers)
        worker.inflight = worker.inflight + 1
        local ended = running[at]
        if ended then
            ended.inflight = ended.inflight - 1
        end
        running[at] = worker
    end
    local seconds = os.clock() - began
    for _, worker in pairs(running) do
        worker.inflight = worker.inflight - 1
    end
    return seconds
end

local function nanoseconds(label, count, weight_of, requests)
    local options, name = {}, label:match("^[^,]+")
    for key, value in label:gmatch(",([^,=]+)=([^,]+)") do
        options[key] = key == "candidates" and value or tonumber(value) or value
    end
    local workers = make_workers(count, weight_of)
    local policy = fakes.load(name, options, workers)
    local picks, best = math.max(2000, BUDGET / count), math.huge
    for _ = 1, ROUNDS do
        best = math.min(best, run(policy.pick, requests, workers, picks) / picks)
    end
    return best * 1e9
end

local function print_table(title, labels, weight_of)
    local requests = make_requests()
    print(("%-32s%10d%10d%10d"):format(title, unpack(SIZES)))
    for _, label in ipairs(labels) do
        io.write(("%-32s"):format(label))
        for _, count in ipairs(SIZES) do
            io.write(("%10.0f"):format(nanoseconds(label, count, weight_of, requests)))
        end
        print()
    end
end

local labels = #arg > 0 and arg or POLICIES
math.randomseed(1)
print_table("ns per pick, equal weights", labels, function() return 1 end)
print_table("ns per pick, weights 1 to 3", labels, function(i) return i % 3 + 1 end)
