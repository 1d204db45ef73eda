--- A policy in the simulator: started as in the gateway, its mistakes contained as there.
local policy_host = {}

local policy_file = require("lab.policy_file")
local watch = require("lab.watch")
local verdict = require("gateway.verdict")

local huge = math.huge

local FUNCTIONS = { "start", "pick", "done", "changed", "tick" }

local methods = {}
local metatable = { __index = methods }

local function set_workers(self, workers)
    self.workers, self.known = workers, {}
    for _, worker in ipairs(workers) do
        self.known[worker] = true
    end
end

local function places_of(policy)
    local places = {}
    for _, name in ipairs(FUNCTIONS) do
        places[name] = policy[name] and watch.place(name, policy[name])
    end
    return places
end

--- Loads a policy and starts it with these workers; nil and a message when that fails.
function policy_host.new(name, options, workers, seed)
    local policy, file = policy_file.load(name, options, seed)
    if not policy then
        return nil, file
    end
    local self = setmetatable({
        policy = policy, file = file, places = places_of(policy), errors = 0, last_error = nil,
        tick_ms = policy.tick and policy.tick_ms, wants_done = policy.done ~= nil,
    }, metatable)
    set_workers(self, workers)
    if policy.start then
        local ok, message = watch.call(self.places.start, policy.start, options, workers)
        if not ok then
            return nil, message
        end
    end
    return self
end

local function count_error(self, message)
    self.errors = self.errors + 1
    self.last_error = message
end

-- Tell the policy something, if it wants to know.
local function tell(self, name, ...)
    local func = self.policy[name]
    if func then
        local ok, message = watch.call(self.places[name], func, ...)
        if not ok then
            count_error(self, message)
        end
    end
end

--- The gateway's own choice: the free worker with the fewest in flight for its weight.
function methods:fallback()
    local best, least = nil, huge
    for _, worker in ipairs(self.workers) do
        local load = worker.inflight / worker.weight
        if load < least and worker:is_free() then
            best, least = worker, load
        end
    end
    return best
end

--- The worker that the policy picks, or nil to wait.
function methods:pick(request)
    local ok, worker = watch.call(self.places.pick, self.policy.pick, request, self.workers)
    if ok and (worker == nil or self.known[worker]) then
        return worker
    end
    count_error(self, ok and verdict.wrong(self.policy.pick, worker) or worker)
    return self:fallback()
end

--- Tell the policy how an attempt ended.
function methods:done(request, worker, outcome)
    tell(self, "done", request, worker, outcome)
end

--- Other workers may be chosen from now on.
function methods:change(workers)
    set_workers(self, workers)
    tell(self, "changed", workers)
end

function methods:tick(now)
    tell(self, "tick", now)
end

--- The counters that the policy keeps, such as how often a threshold took effect.
function methods:counters()
    return type(self.policy.counters) == "table" and self.policy.counters or {}
end

return policy_host
