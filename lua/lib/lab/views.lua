--- Simulated workers and requests as policies see them: the fields and methods of the gateway's.
local views = {}

local UNLIMITED = 2147483647

local function refuse(kind)
    return { __index = function(_, key)
        error(("a %s has no field %s"):format(kind, tostring(key)), 2)
    end }
end

--- The workers' views of one simulation.  `state.request` is the request being placed, whose
-- `tried` holds the workers it was sent to; `state.now` the time; `users_of[package]` lists the
-- functions that use it.  `warm_for` is in ms.
function views.workers(list, state, users_of, warm_for)
    local methods = setmetatable({}, refuse("worker"))
    local class = { __index = methods, __tostring = function(w) return "worker " .. w.name end }
    local used = {} -- by worker: when each function last ended there

    function methods.is_free(worker)
        local tried = state.request.tried
        return worker.inflight < worker.capacity and not (tried and tried[worker])
    end

    function methods.is_warm(worker, func)
        local last = used[worker][func]
        return last ~= nil and state.now - last < warm_for
    end

    function methods.has(worker, package)
        for _, func in ipairs(users_of[package] or {}) do
            if methods.is_warm(worker, func) then
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
        }, class)
        made[i], used[worker] = worker, {}
    end
    return made, used
end

--- The one request view of a simulation; the simulator fills in its fields.
function views.request()
    return setmetatable({
        func = "", packages = {}, method = "POST", path = "/run/", client = "127.0.0.1",
        body_length = 0, attempt = 1, now = 0, header = function() return nil end,
    }, refuse("request"))
end

return views
