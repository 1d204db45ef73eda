--- The gateway in virtual time: asks the policy, counts what is in flight, lets requests wait.
-- It does what the real one does: a request that the policy places on a full worker waits for that
-- worker, one that it places nowhere waits for any; a place that becomes free goes to the oldest
-- that may use it; a worker's 429 makes the request try another.
local virtual_gateway = {}

local methods = {}
local metatable = { __index = methods }

--- `parts`: host (lab.policy_host), workers and used (lab.views), request_view, state (shared with
-- the views), models (by worker), registry, record, waiting (lab.waiting_room), warm_ms (what a
-- call takes when nothing is missing), on_sent (called with the worker that was given a request).
function virtual_gateway.new(parts)
    parts.spare = {} -- requests that are over, to be used again
    return setmetatable(parts, metatable)
end

local function describe(self, request)
    local view, func = self.request_view, self.registry.functions[request.func]
    view.func, view.packages, view.now = request.func, func.packages, self.state.now
    view.attempt = request.attempt
    self.state.request = request
    return view
end

local function fail(self, request, status)
    self.waiting:leave(request)
    self.record:fail(status)
end

-- The worker said 429: true when there is another to try.
local function refused(self, request, worker)
    self.host:done(describe(self, request), worker, { status = 429, latency_ms = 0, headers = {} })
    request.tried = request.tried or {}
    request.tried[worker] = true
    request.attempt = request.attempt + 1
    if request.attempt > #self.workers then
        fail(self, request, 429)
        return false
    end
    return true
end

local function send(self, request, worker)
    request.view, request.sent = worker, self.state.now
    if not self.models[worker]:arrive(self.state.now, request) then
        return false
    end
    worker.inflight = worker.inflight + 1
    if worker.inflight > (self.record.peaks[worker] or 0) then
        self.record.peaks[worker] = worker.inflight
    end
    self.waiting:leave(request)
    self.on_sent(worker)
    return true
end

-- Asks the policy and does as it says.  False when the request waits (again).
local function place(self, request)
    repeat
        local worker = self.host:pick(describe(self, request))
        if not worker or not worker:is_free() then
            self.record.waited = self.record.waited + (request.entry and 0 or 1)
            self.waiting:wait(self.state.now, request, worker)
            return false
        end
    until send(self, request, worker) or not refused(self, request, worker)
    return true
end

-- Whoever may use a place at this worker, the oldest first.
local function give_place(self, worker)
    local request, ticket = self.waiting:next(worker, 0)
    while request and worker.inflight < worker.capacity do
        place(self, request)
        request, ticket = self.waiting:next(worker, ticket)
    end
end

--- A client asks for a function; `work` is its core-ms where the workload says so.
function methods:arrive(due, func, work)
    local request = table.remove(self.spare) or {}
    self.state.now = due
    self.record:arrive(due, self.waiting.count)
    request.func, request.due, request.work = func, due, work
    request.warm = work or self.warm_ms
    request.attempt, request.tried, request.entry = 1, nil, nil
    place(self, request)
end

local OUTCOME = { headers = {} }

-- What the gateway knows of a worker moves as that of the real one does.
local function note(self, worker, request, now)
    local latency = now - request.sent
    worker.inflight = worker.inflight - 1
    worker.utilization = request.worker.machine:utilization()
    worker.served = worker.served + 1
    worker.latency_ms = worker.latency_ms == 0 and latency
        or worker.latency_ms + (latency - worker.latency_ms) / 8
    self.used[worker][request.func] = now
    OUTCOME.status, OUTCOME.latency_ms = request.failed and 500 or 200, latency
    self.host:done(describe(self, request), worker, OUTCOME)
end

--- A worker has answered.
function methods:complete(request, now)
    local worker = request.view
    self.state.now = now
    note(self, worker, request, now)
    if request.failed then
        self.record:fail(500)
    else
        self.record:complete(request, now)
    end
    self.spare[#self.spare + 1] = request
    if self.waiting.count > 0 then
        give_place(self, worker)
    end
end

--- The time is now: who has waited for too long is answered with 503.
function methods:expire(now)
    while self.waiting:expire(now) do
        self.record:fail(503)
    end
end

return virtual_gateway
