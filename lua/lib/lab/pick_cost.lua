--- What a pick costs: a policy alone, over and over, on workers whose load changes all the time.
local pick_cost = {}

local fakes = require("picket.fakes")

local VARIANTS = 128 -- different requests, and requests in flight
local ROUNDS = 5 -- of which the fastest counts
local BUDGET = 2e5 -- workers looked at in a round, about

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
local function run(policy, requests, workers, picks)
    local running, began = {}, os.clock()
    for i = 1, picks do
        local at = i % VARIANTS + 1
        local ended = running[at]
        if ended then
            ended.inflight = ended.inflight - 1
        end
        local worker = policy.pick(requests[at], workers)
        worker.inflight = worker.inflight + 1
        running[at] = worker
    end
    for _, worker in pairs(running) do
        worker.inflight = worker.inflight - 1
    end
    return os.clock() - began
end

--- Nanoseconds per pick among so many workers; nil for a policy that fails or picks nobody.
function pick_cost.measure(name, options, count)
    local workers, requests, best = fakes.workers(count), make_requests(), math.huge
    local picks = math.max(1000, BUDGET / count)
    local ok = pcall(function()
        local policy = fakes.load(name, options, workers)
        for _ = 1, ROUNDS do
            best = math.min(best, run(policy, requests, workers, picks) / picks)
        end
    end)
    return ok and best * 1e9 or nil
end

return pick_cost
