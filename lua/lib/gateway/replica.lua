--- Workers, a request and its outcome as plain values, which look to a policy as in the gateway.
local replica = {}

local fakes = require("picket.fakes")
local fields = require("gateway.fields")
local request_view = require("gateway.request_view")
local suggest = require("picket.suggest")
local verdict = require("gateway.verdict")
local worker_view = require("gateway.worker_view")

local METHODS = { is_free = "is_free()", has = "has(package)", is_warm = "is_warm(func)" }

local is_field = {}
for _, name in ipairs(worker_view.FIELDS) do
    is_field[name] = true
end

local function method_of(object, worker, name)
    return function(self, argument)
        if self ~= object then
            error(worker_view.no_worker(METHODS[name]), 2)
        end
        return worker[name](worker, argument)
    end
end

local function worker_of(given)
    local worker, object, methods = fakes.worker(given), {}, {}
    for name in pairs(METHODS) do
        methods[name] = method_of(object, worker, name)
    end
    return setmetatable(object, {
        __index = function(_, name)
            if not is_field[name] then
                error(suggest.no_field("a worker", name, worker_view.FIELDS), 2)
            end
            return methods[name] or worker[name]
        end,
        __newindex = function(_, name)
            error(verdict.written(name), 2)
        end,
        __tostring = function()
            return "worker " .. worker.name
        end,
        __metatable = false,
    })
end

--- A worker for each table of fields, as picket.fakes takes them.
function replica.workers(list)
    local workers = {}
    for i, given in ipairs(list) do
        workers[i] = worker_of(given)
    end
    return workers
end

--- The request with these fields, as picket.fakes takes them.
function replica.request(given)
    local fake, getters, object = fakes.request(given), {}, nil
    for _, name in ipairs(request_view.FIELDS) do
        getters[name] = function()
            return fake[name]
        end
    end
    local function header(self, name)
        if self ~= object then
            error(request_view.NO_REQUEST, 2)
        end
        return fake:header(name)
    end
    function getters.header()
        return header
    end
    object = fields.object("request", request_view.FIELDS, { has_request = 1 }, getters)
    return object
end

--- The outcome with these fields: status, latency_ms, error, headers.
function replica.outcome(given)
    local getters = {}
    for _, name in ipairs(request_view.OUTCOME) do
        getters[name] = function()
            return given[name]
        end
    end
    return fields.object("outcome", request_view.OUTCOME, { has_request = 1 }, getters)
end

return replica
