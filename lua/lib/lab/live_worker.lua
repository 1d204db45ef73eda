--- The workers of one machine in real time: what `picket worker` serves.
-- The program hands in the time (ms of the model), the request's function and a token that stands
-- for the request; it gets the token back with the answer when the model says that it is done.
local live_worker = {}

local cjson = require("cjson")
local faults = require("lab.faults")
local machine = require("lab.machine")
local registry = require("lab.registry")
local requests = require("lab.requests")
local settings = require("lab.settings")
local worker_model = require("lab.worker_model")

local methods = {}
local metatable = { __index = methods }

-- When workers crash; `changed` is the one that did so last, or came back.
local function new_faults(self)
    local sites = {}
    for i, worker in ipairs(self.workers) do
        sites[i] = { model = worker, index = i }
    end
    local function remember(site)
        self.changed = site
    end
    return faults.new(sites, { on_crash = remember, on_return = remember })
end

--- Workers with these names on one machine; nil and a message when a file is bad.
-- `registry_path` may be nil: any function, without packages.
function live_worker.new(names, model, registry_path, seed)
    local values, message = settings.load(model)
    if not values then
        return nil, message
    end
    local known, is_closed = registry.new({}), false
    if registry_path then
        known, message = registry.load(registry_path)
        if not known then
            return nil, message
        end
        is_closed = true
    end
    local self = { machine = machine.new(values.cores), registry = known, is_closed = is_closed,
        workers = {} }
    for i, name in ipairs(names) do
        local worker = worker_model.new(values, self.machine, known.sizes, seed, name)
        worker.name, worker.cold, worker.refused = name, 0, 0
        self.workers[i] = worker
    end
    self.faults = new_faults(self)
    return setmetatable(self, metatable)
end

--- A request for a worker.  0: it will be answered; else the status to answer with now, and a text.
function methods:arrive(now, index, func, token)
    if func == "" then
        return 500, "expected invocation format: /run/<lambda-name>\n"
    elseif self.is_closed and not self.registry.functions[func] then
        return 500, ("no lambda function is called %s\n"):format(func)
    end
    local worker = self.workers[index]
    local request = requests.new()
    request.func, request.token, request.callee = func, token, registry.get(self.registry, func)
    if not worker:arrive(now, request) then
        worker.refused = worker.refused + 1
        return 429, "lambda function queue is full\n"
    end
    return 0
end

--- When to look again.
function methods:next_event()
    return math.min(self.machine:next_event(), self.faults.next_at)
end

--- A worker that has crashed by now, and with it all its requests, or is back: its index, and
-- whether it is gone.  nil when there is none.
function methods:fault(now)
    if self.faults.next_at > now then
        return nil
    end
    self.faults:advance(now)
    return self.changed.index, self.changed.is_gone
end

local function body_of(request, at)
    return ('{"function": %s, "worker": %s, "cold": %s, "installed": %d, "ms": %.1f}\n'):format(
        cjson.encode(request.func), cjson.encode(request.worker.name), tostring(request.cold),
        request.installed, at - request.arrived)
end

--- A request that is done by now: its token, status, body, whether it was cold, the packages that
-- it installed and found missing, and the share of the machine in use.  nil when there is none.
function methods:take(now)
    local request, at = worker_model.take(self.machine, now)
    if not request then
        return nil
    end
    local worker = request.worker
    worker.cold = worker.cold + (request.cold and 1 or 0)
    return request.token, request.failed and 500 or 200,
        request.failed and "the function raised an exception\n" or body_of(request, at),
        request.cold and 1 or 0, request.installed, request.missing, self.machine:utilization()
end

--- A worker's sandboxes and packages are gone, and with them its requests.
function methods:reset(now, index)
    local worker = self.workers[index]
    worker:stop(now, true)
    worker.served, worker.work, worker.cold, worker.refused = 0, 0, 0, 0
end

--- What a worker has done so far, as JSON.
function methods:stats(index)
    local worker = self.workers[index]
    return cjson.encode({
        worker = worker.name, inflight = worker.inflight, served = worker.served,
        refused = worker.refused, cold = worker.cold, installed = worker.store.installs,
        evicted = worker.store.evictions, core_ms = worker.work,
    }) .. "\n"
end

return live_worker
