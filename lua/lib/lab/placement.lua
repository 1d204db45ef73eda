--- Where a request goes: the policy's choice, the wait for a place, and going elsewhere when a
-- worker does not take it.  Part of lab.virtual_gateway, whose object `gateway` is.
local placement = {}

local WAKE_MAX = 16 -- requests woken in vain for one freed place

local function describe(gateway, request)
    local view, state = gateway.request_view, gateway.state
    view.func, view.packages, view.now = request.func, request.callee.packages, state.now
    view.path, view.client, view.attempt = request.callee.path, request.client, request.attempt
    state.tried = request.tried
    return view
end

local OUTCOME = { headers = {} }

--- Tell the policy how an attempt ended.
function placement.tell(gateway, request, worker, status, latency, message)
    OUTCOME.status, OUTCOME.latency_ms, OUTCOME.error = status, latency, message
    gateway.host:done(describe(gateway, request), worker, OUTCOME)
end

--- A request is over; it is used again for another.
function placement.recycle(gateway, request)
    request.site, request.tried = false, false
    gateway.spare[#gateway.spare + 1] = request
end

function placement.fail(gateway, request, status)
    gateway.waiting:leave(request)
    gateway.record:fail(status)
    placement.recycle(gateway, request)
end

-- The worker that the policy says, but for one that this request has just failed at while another
-- is free.
local function pick(gateway, request)
    local host, state = gateway.host, gateway.state
    local view = describe(gateway, request)
    if gateway.retries.has_closed then
        state.tried = gateway.retries:avoided(request, state.now, host.workers)
    end
    local worker = host:pick(view)
    if worker and state.tried and state.tried[worker] then
        return host:fallback() or worker
    end
    return worker
end

local function take_place(gateway, request, site)
    local worker = site.worker
    request.site, request.sent = site, gateway.state.now
    worker.inflight = worker.inflight + 1
    if worker.inflight > site.peak then
        site.peak = worker.inflight
        gateway.record.peaks[worker] = site.peak
    end
    gateway.waiting:leave(request)
    gateway.on_sent(site)
end

-- The worker did not take the request; true: it is to be placed again.
local function go_elsewhere(gateway, request, site, status, message)
    local worker, now = site.worker, gateway.state.now
    if status == 429 then
        gateway.retries:close(now, request.func, worker)
    else
        worker.failed = worker.failed + 1
        gateway.membership:failed(site, now)
    end
    worker.inflight = worker.inflight + 1 -- it holds its place until the policy was told
    placement.tell(gateway, request, worker, status, 0, message)
    worker.inflight = worker.inflight - 1
    if gateway.retries:allow(request, worker, gateway.host.workers) then
        return true
    end
    placement.fail(gateway, request, status == 429 and 429 or 502)
    return false
end

-- True: it is to be placed again.
local function attempt(gateway, request, site)
    if site.is_gone then
        return go_elsewhere(gateway, request, site, 0, "cannot connect to a worker")
    elseif not site.model:arrive(gateway.state.now, request) then
        return go_elsewhere(gateway, request, site, 429, "429")
    end
    take_place(gateway, request, site)
    return false
end

local function wait(gateway, request, worker)
    if not request.entry then
        gateway.record.waited = gateway.record.waited + 1
    end
    if not gateway.waiting:wait(gateway.state.now, request, worker) then
        placement.fail(gateway, request, 503)
    end
end

-- True: it is to be placed again.
local function place_once(gateway, request)
    if #gateway.host.workers == 0 then
        placement.fail(gateway, request, 503)
        return false
    end
    local worker = pick(gateway, request)
    if not worker or worker.inflight >= worker.capacity then
        wait(gateway, request, worker)
        return false
    end
    return attempt(gateway, request, gateway.site_of[worker])
end

--- Ask the policy and do as it says.
function placement.place(gateway, request)
    if place_once(gateway, request) then
        while place_once(gateway, request) do end
    end
end

--- A place at this worker is free: whoever may use it, the oldest first.
function placement.give_place(gateway, worker)
    local waiting = gateway.waiting
    local request, ticket = waiting:next(worker, 0)
    local woken = 0
    while request and worker.inflight < worker.capacity and woken < WAKE_MAX do
        placement.place(gateway, request)
        request, ticket = waiting:next(worker, ticket)
        woken = woken + 1
    end
end

return placement
