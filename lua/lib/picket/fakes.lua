--- Workers and requests as plain tables, for the specs of policies.
--
--     local fakes = require("picket.fakes")
--
--     it("prefers the idle worker", function()
--         local workers = fakes.workers({ { inflight = 3 }, { inflight = 0 } })
--         local policy = fakes.load("least_loaded", {}, workers)
--         assert.equal(workers[2], policy.pick(fakes.request(), workers))
--     end)
--
-- They have the fields and methods that a policy sees in the gateway.  What happens to a worker is
-- told by setting its fields: `worker.inflight = 2`, `worker.tried = true`.
local strict = require("picket.strict")
local trial = require("picket.trial")

local fakes = {}

--- fakes.load("least_loaded", { ties = "first" }, workers): a policy, loaded afresh and started.
fakes.load = trial.load

--- fakes.sequence(policy, workers, 3, fakes.request()): who was picked, as { "w1", "w2", "w1" }.
fakes.sequence = trial.sequence

--- fakes.tally(policy, workers, 100, fakes.request()): how often, as { w1 = 67, w2 = 33 }.
fakes.tally = trial.tally

--- The capacity of a worker that was given none.
fakes.UNLIMITED = 2147483647

local function contains(list, item)
    for _, member in ipairs(list) do
        if member == item then
            return true
        end
    end
    return false
end

-- Beside the fields of the gateway's workers: tried (by this request), and what is warm there.
local WORKER = {
    name = "w1",
    url = "http://127.0.0.1:9081",
    weight = 1,
    inflight = 0,
    capacity = fakes.UNLIMITED,
    latency_ms = 0,
    served = 0,
    failed = 0,
    utilization = 0,
    tried = false,
    packages = {},
    funcs = {},
}

local Worker, new_worker = strict.class("a fake worker", WORKER)

function Worker:is_free()
    return self.inflight < self.capacity and not self.tried
end

function Worker:has(package)
    return contains(self.packages, package)
end

function Worker:is_warm(func)
    return contains(self.funcs, func)
end

--- One worker; `fields` says where it differs from an idle one of weight 1 without a limit.
--     fakes.worker({ name = "big", weight = 4, capacity = 8, packages = { "numpy" } })
function fakes.worker(fields)
    return new_worker(fields or {})
end

--- Several workers, called w1, w2, ... unless they say otherwise: so many, or one for each list of
-- fields.  Fields in `common` go to all.
--     fakes.workers(5, { capacity = 1 })
--     fakes.workers({ { weight = 2 }, { inflight = 1 } })
function fakes.workers(list, common)
    local workers = {}
    for i = 1, type(list) == "number" and list or #list do
        local fields = { name = "w" .. i, url = "http://127.0.0.1:" .. 9080 + i }
        for _, given in ipairs({ common or {}, type(list) == "table" and list[i] or {} }) do
            for name, value in pairs(given) do
                fields[name] = value
            end
        end
        workers[i] = fakes.worker(fields)
    end
    return workers
end

local REQUEST = {
    func = "hello",
    packages = {},
    method = "POST",
    path = "/run/hello",
    client = "127.0.0.1",
    body_length = 0,
    attempt = 1,
    now = 0,
    headers = {},
}

local Request, new_request = strict.class("a fake request", REQUEST)

function Request:header(name)
    for known, value in pairs(self.headers) do
        if known:lower() == name:lower() then
            return value
        end
    end
end

--- A request; `fields` says where it differs from a POST to the function hello.
--     fakes.request({ func = "resize", packages = { "pillow" }, headers = { ["X-User"] = "ada" } })
function fakes.request(fields)
    fields = fields or {}
    local request = new_request(fields)
    request.path = fields.path or "/run/" .. request.func
    return request
end

local OUTCOME = { status = 200, latency_ms = 1, headers = {} }

local _, new_outcome = strict.class("a fake outcome", OUTCOME, "error")

--- How an attempt ended, for done(); `fields` says where it differs from a good answer after 1 ms.
--     policy.done(fakes.request(), workers[1], fakes.outcome({ status = 0, error = "connect" }))
function fakes.outcome(fields)
    return new_outcome(fields or {})
end

return fakes
