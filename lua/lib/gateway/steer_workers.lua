--- picket workers: list, add, remove, drain, undrain, weight.
local cjson = require("cjson")
local show = require("gateway.show")
local steer_call = require("gateway.steer_call")
local suggest = require("picket.suggest")

local steer_workers = {}

local ask, complain = steer_call.ask, steer_call.complain
local DONE, NOT_FOUND = 0, 404
local DRAIN_POLL_S = 0.05

-- The workers as a JSON array.  cjson takes an empty table for an object, and escapes slashes.
local function as_json(workers)
    return (#workers > 0 and cjson.encode(workers):gsub("\\/", "/") or "[]") .. "\n"
end

-- What a worker does now, by the command that was carried out.
local OUTCOMES = {
    add = "was added", remove = "was removed", drain = "drains", undrain = "takes requests again",
    weight = "has weight %g",
}

-- Takes no new requests, and has a row while it has old ones.
local LEAVING = { draining = true, removed = true }

-- The worker of this name; one that was removed when there is no other.
local function find(workers, name)
    local found
    for _, worker in ipairs(workers) do
        if worker.name == name and (not found or found.state == "removed") then
            found = worker
        end
    end
    return found
end

-- Until the worker has nothing in flight; it may be removed meanwhile.  Or nil and a message, as
-- when it serves again.
local function await_drained(gateway, name)
    while true do
        local status, message = ask(gateway, "GET", "/status")
        if not status then
            return nil, message
        end
        local worker = find(status.workers, name)
        if worker and not LEAVING[worker.state] then
            return nil, ("worker %s drains no more"):format(name)
        elseif not worker or worker.inflight == 0 then
            return true
        end
        gateway.pause(DRAIN_POLL_S)
    end
end

-- That there is no such worker, and the one that was meant, or how to see all.
local function missing(gateway, which)
    local status, message = ask(gateway, "GET", "/status")
    local names, said = {}, ("there is no worker %q"):format(which)
    for _, worker in ipairs(status and status.workers or {}) do
        local name = which:find("/", 1, true) and worker.url or worker.name
        if name == which then
            return said .. " any more: it was removed, and finishes what it has"
        end
        names[#names + 1] = name
    end
    local hint = suggest.hint(which, names)
    return not status and message
        or said .. (hint ~= "" and hint or "; picket workers list shows those there are")
end

--- Carries out what steer_arguments has read; returns the exit code.
function steer_workers.run(gateway, given)
    local function refuse(message)
        return complain(gateway, ("workers %s: %s"):format(given.verb, message))
    end
    if given.verb == "list" then
        local status, message = ask(gateway, "GET", "/status")
        if not status then
            return refuse(message)
        end
        local write = given.json and as_json or show.workers
        gateway.out:write(write(status.workers))
        return DONE
    end
    local outcome, message, code = ask(gateway, "POST", "/workers/" .. given.verb, given.fields)
    if code == NOT_FOUND then
        message = missing(gateway, given.fields.name)
    end
    if not outcome then
        return refuse(message)
    end
    local now = OUTCOMES[given.verb]:format(given.fields.weight)
    if given.verb == "drain" and not given.no_wait then
        local drained, why = await_drained(gateway, outcome.worker)
        if not drained then
            return refuse(why)
        end
        now = "has nothing in flight"
    end
    gateway.out:write(("worker %s %s\n"):format(outcome.worker, now))
    return DONE
end

return steer_workers
