--- Simulated workers and requests as policies see them: the fields and methods of the gateway's.
local views = {}

local ffi = require("ffi")
local suggest = require("picket.suggest")

local UNLIMITED = 2147483647
local CLIENTS = 1000
local WORKER = {
    "name", "url", "weight", "inflight", "capacity", "latency_ms", "served", "failed",
    "utilization", "is_free", "has", "is_warm",
}
local REQUEST = {
    "func", "packages", "method", "path", "client", "body_length", "attempt", "now", "header",
}

local function refuse(owner, names)
    return { __index = function(_, key)
        error(suggest.no_field(owner, key, names), 2)
    end }
end

-- Which functions use a package, by number: what makes it warm.
local function users_of(registry)
    local users = {}
    for number, name in ipairs(registry.names) do
        for _, package in ipairs(registry.functions[name].packages) do
            users[package] = users[package] or {}
            table.insert(users[package], number)
        end
    end
    return users
end

--- The workers' views of one simulation, and by worker until when each function is warm there (by
-- its number).  `state.tried` holds the workers that the request being placed was sent to, or is
-- false; `state.now` is the time.
function views.workers(list, state, registry)
    local methods = setmetatable({}, refuse("a worker", WORKER))
    local class = { __index = methods, __tostring = function(w) return "worker " .. w.name end }
    local functions, users, warm = registry.functions, users_of(registry), {}

    function methods.is_free(worker)
        local tried = state.tried
        return worker.inflight < worker.capacity and not (tried and tried[worker])
    end

    function methods.is_warm(worker, func)
        local known = functions[func]
        return known ~= nil and state.now < warm[worker][known.number]
    end

    function methods.has(worker, package)
        local until_when = warm[worker]
        for _, number in ipairs(users[package] or {}) do
            if state.now < until_when[number] then
                return true
            end
        end
        return false
    end

    local made = {}
    for i, given in ipairs(list) do
        local worker = setmetatable({
            name = given.name, url = "http://" .. given.name, weight = given.weight or 1,
            inflight = 0, capacity = given.capacity or UNLIMITED, latency_ms = 0,
            served = 0, failed = 0, utilization = 0,
            -- LuaJIT finds them sooner here than by way of the class.
            is_free = methods.is_free, has = methods.has, is_warm = methods.is_warm,
        }, class)
        made[i], warm[worker] = worker, ffi.new("double[?]", #registry.names + 1)
    end
    return made, warm
end

--- The addresses that requests come from, each in a network of its own.
function views.clients()
    local clients = {}
    for i = 1, CLIENTS do
        clients[i] = ("10.%d.%d.%d"):format(i % 4, i % 251, i % 13 + 1)
    end
    return clients
end

--- The one request view of a simulation; the simulator fills in its fields.
function views.request()
    return setmetatable({
        func = "", packages = {}, method = "POST", path = "/run/", client = "127.0.0.1",
        body_length = 2, attempt = 1, now = 0, header = function() return nil end,
    }, refuse("the request", REQUEST))
end

return views
