--- The workers as policies see them: rows of the shared memory, to be looked at only.
-- A worker is a reference to a constant struct.  LuaJIT refuses to write to it, to index it by
-- number and to calculate with it, so a policy cannot reach any other memory through it.  The same
-- worker is always the same object, so it may be the key of a table.
local worker_view = {}

local ffi = require("ffi")
local suggest = require("picket.suggest")

worker_view.FIELDS = {
    "name", "url", "weight", "inflight", "capacity", "latency_ms", "served", "failed",
    "utilization", "is_free", "has", "is_warm",
}
local HASHES = 100000 -- names whose hash is remembered

-- Hashes of names as shared memory has them, each calculated once.
local function hasher(calculate)
    local known, count = {}, 0
    return function(name)
        local hash = known[name]
        if not hash then
            if type(name) ~= "string" then
                error("the name of a package or function is a string, not a " .. type(name), 3)
            end
            if count == HASHES then
                known, count = {}, 0
            end
            hash, count = calculate(name, #name), count + 1
            known[name] = hash
        end
        return hash
    end
end

--- What to say of a method ("is_free()") that was called with a dot.
function worker_view.no_worker(method)
    return ("%s was called without a worker; with a colon it has one: worker:%s"):format(
        method:match("^[%w_]+"), method)
end

-- Methods are plain functions, so a policy may call them with anything.
local function check_worker(worker, method)
    if not ffi.istype("struct worker", worker) then
        error(worker_view.no_worker(method), 3)
    end
end

-- Reading a field that is not in the struct comes here, with a method's name or another.
local function members(host, texts)
    local tried, policy = host.tried, host.policy
    local is_warm, served, failed = host.is_warm, host.served, host.failed
    local hash_package, hash_function = hasher(host.hash_package), hasher(host.hash_function)
    local methods, getters = {}, {}

    function methods.is_free(worker)
        check_worker(worker, "is_free()")
        return worker.inflight < worker.capacity and tried[worker.slot] == 0
    end

    function methods.has(worker, package)
        check_worker(worker, "has(package)")
        return is_warm(policy, worker.slot, hash_package(package)) ~= 0
    end

    function methods.is_warm(worker, func)
        check_worker(worker, "is_warm(func)")
        return is_warm(policy, worker.slot, hash_function(func)) ~= 0
    end

    function getters.name(worker)
        return texts[worker].name
    end

    function getters.url(worker)
        return texts[worker].url
    end

    function getters.served(worker)
        return served(policy, worker.slot)
    end

    function getters.failed(worker)
        return failed(policy, worker.slot)
    end

    return function(worker, key)
        local method = methods[key]
        if method then
            return method
        end
        local getter = getters[key]
        if getter then
            return getter(worker)
        end
        error(suggest.no_field("a worker", key, worker_view.FIELDS), 2)
    end
end

--- The view of `host`'s table: one for each Lua state.
function worker_view.new(host)
    local texts = setmetatable({}, { __mode = "k" }) -- of each worker: name and url
    local objects, versions = {}, {}
    local view = {}

    ffi.metatype("struct worker", {
        __index = members(host, texts),
        __tostring = function(worker)
            return "worker " .. texts[worker].name
        end,
    })

    --- The worker in a row; what is in a row that was used again is another worker.
    function view.at(slot)
        local row = host.workers[slot]
        if versions[slot] ~= row.version then
            versions[slot], objects[slot] = row.version, row
            texts[row] = {
                name = ffi.string(host.worker_name(host.policy, slot)),
                url = ffi.string(host.worker_url(host.policy, slot)),
            }
        end
        return objects[slot]
    end

    --- The workers that may be chosen now, in the order of their rows; and their slots.
    function view.available()
        local workers, slots = {}, {}
        for slot = 0, host.worker_max - 1 do
            local row = host.workers[slot]
            if row.state == ffi.C.WORKER_UP and row.draining == 0 then
                local worker = view.at(slot)
                workers[#workers + 1], slots[worker] = worker, slot
            end
        end
        return workers, slots
    end

    return view
end

return worker_view
