--- One run: a policy places a workload on simulated workers, in virtual time.
local simulator = {}

local agenda = require("lab.agenda")
local machine = require("lab.machine")
local policy_host = require("lab.policy_host")
local random = require("lab.random")
local record = require("lab.record")
local views = require("lab.views")
local virtual_gateway = require("lab.virtual_gateway")
local waiting_room = require("lab.waiting_room")
local worker_model = require("lab.worker_model")

local huge, min = math.huge, math.min

local methods = {}
local metatable = { __index = methods }

-- Which functions use a package: what makes it warm.
local function users_of(registry)
    local users = {}
    for _, name in ipairs(registry.names) do
        for _, package in ipairs(registry.functions[name].packages) do
            users[package] = users[package] or {}
            table.insert(users[package], name)
        end
    end
    return users
end

-- The machines, and by worker its machine's number and its model.
local function build(given, workers)
    local machines, machine_of, models = {}, {}, {}
    for i, description in ipairs(given.workers) do
        local number, worker = description.machine, workers[i]
        machines[number] = machines[number] or machine.new(description.settings.cores)
        machine_of[worker] = number
        models[worker] = worker_model.new(description.settings, machines[number], given.registry,
            random.new(given.seed, description.name))
    end
    return machines, machine_of, models
end

--- A run to be.  `given`: policy, options, workers (a list of { name, machine = number, settings,
-- weight, capacity }), registry, workload (an iterator over time, function and core-ms), seed;
-- queue_ms and warm_ms as the gateway's timeouts.queue and warm_for; details (lab.details) for a
-- report.  nil and a message when the policy cannot be loaded.
function simulator.new(given)
    local state = { now = 0, request = {} }
    local workers, used =
        views.workers(given.workers, state, users_of(given.registry), given.warm_ms or 300000)
    local host, message = policy_host.new(given.policy, given.options or {}, workers,
        random.new(given.seed, "policy"):seed())
    if not host then
        return nil, message
    end
    local machines, machine_of, models = build(given, workers)
    local self = setmetatable({
        workers = workers, machines = machines, models = models, host = host,
        next_arrival = given.workload, next_tick = host.tick_ms or huge,
        record = record.new(given.details),
        agenda = agenda.new(#machines),
    }, metatable)
    self.gateway = virtual_gateway.new({
        host = host, workers = workers, used = used, request_view = views.request(),
        state = state, models = models, registry = given.registry, record = self.record,
        waiting = waiting_room.new(given.queue_ms or 30000),
        warm_ms = given.workers[1].settings.call,
        on_sent = function(worker)
            local number = machine_of[worker]
            self.agenda:set(number, machines[number]:next_event())
        end,
    })
    return self
end

local function advance(self, number, now)
    local m = self.machines[number]
    local request, at = worker_model.take(m, now)
    while request do
        self.gateway:complete(request, at)
        request, at = worker_model.take(m, now)
    end
    self.agenda:set(number, m:next_event())
end

--- Runs for `steps` events; true when there are more.
function methods:run(steps)
    local gateway, plan = self.gateway, self.agenda
    if not self.is_begun then
        self.is_begun = true
        self.due, self.func, self.work = self.next_arrival()
    end
    for _ = 1, steps do
        local number, at = plan:first()
        local due = self.due or huge
        local now = min(due, at)
        if gateway.waiting.count > 0 then
            gateway:expire(now)
        end
        if self.next_tick <= now and now < huge then
            self.host:tick(self.next_tick)
            self.next_tick = self.next_tick + self.host.tick_ms
        elseif at <= due then
            if at == huge then
                return false
            end
            advance(self, number, at)
        else
            gateway:arrive(due, self.func, self.work)
            self.due, self.func, self.work = self.next_arrival()
        end
    end
    return true
end

--- The outcome so far, as a table of numbers.
function methods:outcome()
    local outcome = self.record:to_table(self.workers, self.models)
    outcome.errors, outcome.last_error = self.host.errors, self.host.last_error
    outcome.counters = self.host:counters()
    return outcome
end

return simulator
