--- A worker as OpenLambda's are: what a request does from its arrival to its answer.
-- A pure state machine, time is an argument (ms): the simulator drives it in virtual time, the live
-- `picket worker` in real time.  A request waits for a place if the worker has limits; installs the
-- missing packages of its function one by one in name order, waiting where another is installing
-- one; then runs.  Installing and running are jobs of the machine, which workers may share.
--
--     local worker = worker_model.new(settings, machine, sizes, seed, name)
--     local request = requests.new()                     to be used again when it is over
--     request.callee = registry.functions.resize
--     worker:arrive(now, request)                        true; false: its queue is full
--     machine:next_event()                               when to look again
--     worker_model.take(machine, now)                    a request that is done, and when
local worker_model = {}

local admission = require("lab.admission")
local chance = require("lab.chance")
local package_store = require("lab.package_store")
local requests = require("lab.requests")
local sandboxes = require("lab.sandboxes")

local methods = {}
local metatable = { __index = methods }

--- A worker on a machine.  `settings` come from lab.settings; `sizes` are the packages' bytes, by
-- name; seed and name choose its random numbers.
function worker_model.new(settings, machine, sizes, seed, name)
    local worker = setmetatable({
        settings = settings, machine = machine, sizes = sizes,
        chance = chance.new(settings, seed, name),
        served = 0, work = 0, -- core-ms of the requests served
    }, metatable)
    worker:forget()
    return worker
end

--- As new: no packages, no sandboxes.  No request may be there.
function methods:forget()
    local settings = self.settings
    self.inflight = 0 -- admitted or waiting
    self.complete = {} -- by number: functions all of whose packages are there for good
    self.store = package_store.new(settings.store_bytes, self.sizes)
    self.sandboxes = settings.has_sandboxes and sandboxes.new(settings.sandboxes)
    self.admission = admission.new(settings)
    self.is_open = self.admission.is_open
end

-- Starts a job for this request.
local function work_on(self, now, request, work)
    request.cost = request.cost + work
    self.machine:add(now, work / self.settings.speed, request)
end

local function run(self, now, request)
    local work = self.chance:work(request.work)
    if request.sandbox and not request.was_warm then
        work = work + self.settings.start
        request.cold = true
    end
    request.is_running = true
    work_on(self, now, request, work)
end

local function install(self, now, request)
    local settings, name = self.settings, request.names[request.passed]
    request.installed = request.installed + 1
    work_on(self, now, request, settings.install + settings.install_per_byte
        * (self.sizes[name] or 0))
end

local function go_on(self, now, request)
    if #request.names == 0 or self.complete[request.number] then
        return run(self, now, request)
    end
    local state = self.store:gather(request)
    if state == "ready" then
        self.complete[request.number] = not self.store.limit
        return run(self, now, request)
    end
    request.cold = true
    if state == "install" then
        install(self, now, request)
    end
end

--- A request comes in.  True when it will be answered; false when its queue is full.
function methods:arrive(now, request)
    requests.begin(request, now, self)
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
    self.inflight = self.inflight - 1
    self.served = self.served + 1
    self.work = self.work + request.cost
    request.failed = self.chance:fails()
    self.store:release(request)
    if not self.is_open then
        self.admission:leave(now, request, self.sandboxes)
        local other = self.admission:admit(now, self.sandboxes)
        while other do
            go_on(self, now, other)
            other = self.admission:admit(now, self.sandboxes)
        end
    end
end

--- Take a job of this worker that the machine has done further.  True when the request is over.
function methods:proceed(now, request)
    if request.is_running then
        finish(self, now, request)
        return true
    end
    local waiting = self.store:installed(request.names[request.passed])
    go_on(self, now, request)
    for i = 1, #waiting do
        go_on(self, now, waiting[i])
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
