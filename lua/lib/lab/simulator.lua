--- One run: a policy places a workload on simulated workers, in virtual time.
local simulator = {}

local agenda = require("lab.agenda")
local faults = require("lab.faults")
local membership = require("lab.membership")
local policy_host = require("lab.policy_host")
local random = require("lab.random")
local record = require("lab.record")
local sites = require("lab.sites")
local views = require("lab.views")
local virtual_gateway = require("lab.virtual_gateway")
local waiting_room = require("lab.waiting_room")

local huge, min = math.huge, math.min

local methods = {}
local metatable = { __index = methods }

-- What a machine does next may have changed.
local function replan(self, site)
    self.agenda:set(site.machine_number, site.machine:next_event())
end

local function new_gateway(self, given, state, list)
    return virtual_gateway.new({
        host = self.host, site_of = sites.by_worker(list), request_view = views.request(),
        state = state, functions = given.registry.functions, record = self.record,
        waiting = waiting_room.new(given.queue_ms or 30000, 10000), membership = self.membership,
        call_ms = given.workers[1].settings.call, warm_ms = given.warm_ms or 300000,
        stream = random.new(given.seed, "clients"),
        on_sent = function(site)
            replan(self, site)
        end,
    })
end

local function new_faults(self, list)
    return faults.new(list, {
        on_crash = function(site, now)
            replan(self, site)
            self.gateway:crashed(site, now)
        end,
        on_return = function(site, now)
            self.membership:back(site, now)
        end,
    })
end

--- A run to be.  `given`: policy, options, workers (a list of { name, machine = number, settings,
-- weight, capacity }), registry, workload (an iterator over time, function and core-ms), seed;
-- queue_ms and warm_ms as the gateway's timeouts.queue and warm_for; details (lab.details) for a
-- report.  nil and a message when the policy cannot be loaded.
function simulator.new(given)
    local state = { now = 0, tried = false }
    local workers, warm = views.workers(given.workers, state, given.registry)
    local host, message = policy_host.new(given.policy, given.options or {}, workers,
        random.new(given.seed, "policy"):seed())
    if not host then
        return nil, message
    end
    local list, machines = sites.build(given, workers, warm)
    local self = setmetatable({
        workers = workers, machines = machines, models = sites.by_worker(list, "model"),
        host = host, next_arrival = given.workload, next_tick = host.tick_ms or huge,
        record = record.new(given.details), agenda = agenda.new(#machines),
    }, metatable)
    self.membership = membership.new(list, random.new(given.seed, "health"),
        function(available, now)
            self.gateway:changed(available, now)
        end)
    self.gateway = new_gateway(self, given, state, list)
    self.faults = new_faults(self, list)
    return self
end

local function advance(self, number, now)
    local machine = self.machines[number]
    local job = machine:take(now)
    if job and job.worker:proceed(now, job) then
        self.gateway:complete(job, now)
    end
    self.agenda:set(number, machine:next_event())
end

-- Workers come and go, and the gateway finds out.
local function advance_faults(self, now)
    local part = self.faults.next_at <= now and self.faults or self.membership
    part:advance(now)
end

local function is_over(self)
    local counts = self.record
    return not self.due and counts.sent == counts.completed + counts.failed
end

local function fetch(self)
    self.due, self.func, self.work = self.next_arrival()
end

--- Runs for `steps` events; true when there are more.
function methods:run(steps)
    if not self.is_begun then
        self.is_begun = true
        fetch(self)
    end
    local gateway, plan, part, other = self.gateway, self.agenda, self.faults, self.membership
    for _ = 1, steps do
        local number, at = plan:first()
        local due, rare = self.due or huge, min(part.next_at, other.next_at)
        local now = min(due, at, rare)
        if gateway.waiting.count > 0 then
            gateway:expire(now)
        end
        if self.next_tick <= now and now < huge then
            self.host:tick(self.next_tick)
            self.next_tick = self.next_tick + self.host.tick_ms
        elseif now == huge or (now == rare and is_over(self)) then
            return false
        elseif now == rare then
            advance_faults(self, now)
        elseif now == at then
            advance(self, number, now)
        else
            gateway:arrive(now, self.func, self.work)
            fetch(self)
        end
    end
    return true
end

--- The outcome so far, as a table of numbers.
function methods:outcome()
    local outcome = self.record:to_table(self.workers, self.models)
    outcome.errors, outcome.last_error = self.host.errors, self.host.last_error
    outcome.retried = self.gateway.retries.count
    outcome.counters = self.host:counters()
    return outcome
end

return simulator
