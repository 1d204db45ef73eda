--- A worker as OpenLambda's are: what a request does from its arrival to its answer.
-- A pure state machine, time is an argument (ms): the simulator drives it in virtual time, the live
-- `picket worker` in real time.  A request waits for a place if the worker has limits; installs the
-- missing packages of its function one by one in name order, waiting where another is installing
-- one; then runs.  Installing and running are jobs of the machine, which workers may share.
--
--     local worker = worker_model.new(settings, machine, registry, stream)
--     worker:arrive(now, { func = "resize" })                true; false: its queue is full
--     machine:next_event()                                   when to look again
--     worker_model.take(machine, now)                        a request that is done, and when
--
-- A finished request says: missing (packages that were not there), installed (those it installed
-- itself), cold (it waited for a package or for a sandbox to start), failed (as some do by chance).
local worker_model = {}

local admission = require("lab.admission")
local package_store = require("lab.package_store")
local sandboxes = require("lab.sandboxes")

local NO_PACKAGES = {}
local RUNNING = 1 -- what request.step says when all packages are there

local methods = {}
local metatable = { __index = methods }

--- A worker on a machine.  `settings` come from lab.settings, the registry from lab.registry (nil:
-- no function has packages); `stream` is its own stream of random numbers.
function worker_model.new(settings, machine, registry, stream)
    local worker = setmetatable({
        settings = settings, machine = machine, stream = stream,
        functions = registry and registry.functions or {},
        sizes = registry and registry.sizes or {},
        served = 0, work = 0, -- core-ms of the requests served
    }, metatable)
    worker:forget()
    return worker
end

--- As new: no packages, no sandboxes.  No request may be there.
function methods:forget()
    local settings = self.settings
    self.inflight = 0 -- admitted or waiting
    self.complete = {} -- functions all of whose packages are there for good
    self.store = package_store.new(settings.store_bytes, self.sizes)
    self.sandboxes = settings.has_sandboxes and sandboxes.new(settings.sandboxes)
    self.admission = admission.new(settings)
    self.is_open = self.admission.is_open
end

-- Starts a job for this request.
local function work_on(self, now, request, step, work)
    request.step = step
    request.cost = request.cost + work
    self.machine:add(now, work / self.settings.speed, request)
end

local function run(self, now, request)
    local settings = self.settings
    local work = request.work or settings.call
    if settings.call_sigma > 0 and not request.work then
        work = self.stream:lognormal(work, settings.call_sigma)
    end
    if request.sandbox and not request.was_warm then
        work = work + settings.start
        request.cold = true
    end
    work_on(self, now, request, RUNNING, work)
end

local function install(self, now, request)
    local settings, name = self.settings, request.names[request.passed]
    local work = settings.install + settings.install_per_byte * (self.sizes[name] or 0)
    request.installed = request.installed + 1
    work_on(self, now, request, name, work)
end

local function go_on(self, now, request)
    if self.complete[request.func] then
        return run(self, now, request)
    end
    local state = self.store:gather(request)
    if state == "ready" then
        self.complete[request.func] = not self.store.limit
        return run(self, now, request)
    end
    request.cold = true
    if state == "install" then
        install(self, now, request)
    end
end

--- A request comes in.  True when it will be answered; false when its queue is full.
function methods:arrive(now, request)
    local func = self.functions[request.func]
    request.worker, request.arrived = self, now
    request.names = func and func.install_order or NO_PACKAGES
    request.memory = func and func.memory or self.settings.memory
    request.passed, request.missing, request.installed, request.cost = 0, 0, 0, 0
    request.cold, request.failed = false, false
    local answer = self.is_open and "now" or self.admission:ask(now, request, self.sandboxes)
    if answer == "full" then
        return false
    end
    self.inflight = self.inflight + 1
    if answer == "now" then
        go_on(self, now, request)
    end
    return true
end

local function finish(self, now, request)
    local failures = self.settings.failures
    self.inflight = self.inflight - 1
    self.served = self.served + 1
    self.work = self.work + request.cost
    request.failed = failures > 0 and self.stream:uniform() < failures
    self.store:release(request)
    if not self.is_open then
        self.admission:leave(now, request, self.sandboxes)
        for other in self.admission:admit(now, self.sandboxes) do
            go_on(self, now, other)
        end
    end
end

--- Take a job of this worker that the machine has done further.  True when the request is over.
function methods:proceed(now, request)
    if request.step == RUNNING then
        finish(self, now, request)
        return true
    end
    local waiting = self.store:installed(request.step)
    go_on(self, now, request)
    for _, other in ipairs(waiting) do
        go_on(self, now, other)
    end
    return false
end

--- The next request of any worker of this machine that is over by now, and when it was.
function worker_model.take(machine, now)
    local request, at = machine:take(now)
    while request do
        if request.worker:proceed(at, request) then
            return request, at
        end
        request, at = machine:take(now)
    end
end

--- The worker dies.  Its requests are gone (their owner knows them); sandboxes end, packages that
-- were there stay on its disk unless it is to `forget` them as well.
function methods:stop(now, forget)
    self.machine:drop(now, function(job) return job.worker == self end)
    local store = self.store
    self:forget()
    if not forget then
        store:abandon()
        self.store = store
    end
end

return worker_model
