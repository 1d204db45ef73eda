--- The gateway in virtual time: asks the policy, counts what is in flight, lets requests wait.
-- It does what the real one does: a request that the policy places on a full worker waits for that
-- worker, one that it places nowhere waits for any; a place that becomes free goes to the oldest
-- that may use it; after a worker's 429, or where it cannot connect, it tries another; requests are
-- POST, so one that a worker took and did not answer is answered with 502.
--
-- A site (lab.sites) is a worker with what the simulation knows of it.
local virtual_gateway = {}

local placement = require("lab.placement")
local requests = require("lab.requests")
local retries = require("lab.retries")
local views = require("lab.views")

local methods = {}
local metatable = { __index = methods }

--- `parts`: host (lab.policy_host), site_of (by worker), request_view, state (shared with
-- lab.views), functions (of the registry), record, waiting (lab.waiting_room), membership, call_ms
-- (what a call takes when nothing is missing), warm_ms, stream (of random numbers, for clients),
-- on_sent (called with the site that was given a request).
function virtual_gateway.new(parts)
    parts.requests, parts.spare = {}, {} -- all that there ever were; those to be used again
    parts.retries, parts.clients = retries.new(), views.clients()
    return setmetatable(parts, metatable)
end

local function new_request(self)
    local request = requests.new()
    request.func, request.due, request.warm, request.attempt = "", 0, 0, 1
    request.client = ""
    request.tried, request.entry, request.site, request.sent = false, false, false, 0
    self.requests[#self.requests + 1] = request
    return request
end

--- A client asks for a function; `work` is its core-ms where the workload says so.
function methods:arrive(due, func, work)
    local spare = self.spare
    local request = spare[#spare]
    if request then
        spare[#spare] = nil
    else
        request = new_request(self)
    end
    self.state.now = due
    self.record:arrive(due, self.waiting.count)
    self.retries:earn()
    request.func, request.callee, request.due = func, self.functions[func], due
    request.work, request.warm = work or false, work or self.call_ms
    request.client, request.attempt = self.clients[self.stream:integer(#self.clients)], 1
    placement.place(self, request)
end

-- What the gateway knows of a worker moves as that of the real one does.
local function note(self, site, request, now)
    local worker, latency = site.worker, now - request.sent
    worker.utilization = site.machine:utilization()
    worker.served = worker.served + 1
    worker.latency_ms = worker.latency_ms == 0 and latency
        or worker.latency_ms + (latency - worker.latency_ms) / 8
    site.failures = 0
    if not request.failed then
        site.warm[request.number] = now + self.warm_ms
    end
    if self.host.wants_done then
        placement.tell(self, request, worker, request.failed and 500 or 200, latency)
    end
    worker.inflight = worker.inflight - 1
end

--- A worker has answered.
function methods:complete(request, now)
    local site = request.site
    self.state.now = now
    note(self, site, request, now)
    if request.failed then
        self.record:fail(500)
    else
        self.record:complete(request, now)
    end
    placement.recycle(self, request)
    if self.waiting.count > 0 then
        placement.give_place(self, site.worker)
    end
end

local function cut_off(self, request, site, now)
    local worker = site.worker
    worker.failed = worker.failed + 1
    self.membership:failed(site, now)
    placement.tell(self, request, worker, 0, 0, "the worker closed the connection")
    worker.inflight = worker.inflight - 1
    placement.fail(self, request, 502)
end

--- A worker has crashed: what it had is answered with 502.
function methods:crashed(site, now)
    self.state.now = now
    for _, request in ipairs(self.requests) do
        if request.site == site then
            cut_off(self, request, site, now)
        end
    end
    self.membership:gone(site, now)
    if self.waiting.count > 0 then
        placement.give_place(self, site.worker)
    end
end

--- Other workers may be chosen from now on: everybody who waits is placed again.
function methods:changed(workers, now)
    self.state.now = now
    self.host:change(workers)
    self.waiting:visit(function(request)
        placement.place(self, request)
    end)
end

--- The time is now: who has waited for too long is answered with 503.
function methods:expire(now)
    local request = self.waiting:expire(now)
    while request do
        self.record:fail(503)
        placement.recycle(self, request)
        request = self.waiting:expire(now)
    end
end

return virtual_gateway
