--- Runs one policy in the gateway: what stands between policy.c and the script.
-- policy.c calls `runtime.new` once, then only the functions it returns.
local runtime = {}

local ffi = require("ffi")
local lua_text = require("gateway.lua_text")
local options = require("picket.options")
local policy_shape = require("gateway.policy_shape")
local request_view = require("gateway.request_view")
local sandbox = require("gateway.sandbox")
local verdict = require("gateway.verdict")
local worker_view = require("gateway.worker_view")

local NONE = -1 -- POLICY_NONE in policy.h

local function load_policy(given)
    local chunk, message = lua_text.compile(given.source, given.file, sandbox.new(given))
    if not chunk then
        error(message, 0)
    end
    return policy_shape.check(chunk(), given.file)
end

-- On which line each function begins.
local function lines_of(policy)
    local lines = {}
    for _, name in ipairs({ "pick", "done", "changed", "tick" }) do
        lines[name] = policy[name] and debug.getinfo(policy[name], "S").linedefined
    end
    return lines
end

local function nothing()
end

--- Loads and starts the policy.  `given` has: abi (worker_abi.h), host (the address of a struct
-- policy_host), file and source of the policy, options, and what sandbox.new needs.
function runtime.new(given)
    ffi.cdef(given.abi)
    local host = ffi.cast("const struct policy_host *", given.host)
    given.random = host.random
    local view = worker_view.new(host)
    local policy = load_policy(given)
    local request = request_view.request(host)
    local outcome = request_view.outcome(host, policy.headers)
    local pick, done = policy.pick, policy.done or nothing
    local changed, tick = policy.changed or nothing, policy.tick or nothing
    local workers, slots = view.available()
    local count = #workers
    local calls = {
        tick_ms = policy.tick and policy.tick_ms,
        wants_done = policy.done ~= nil,
        lines = lines_of(policy),
        doubt = policy_shape.doubt(policy, given.file),
    }

    -- A policy that has emptied the list itself would let everybody wait.
    local function none()
        if #workers ~= count then
            error(verdict.changed(verdict.where(pick)), 0)
        end
        return NONE
    end

    function calls.pick()
        local worker = pick(request, workers)
        local slot = slots[worker]
        if slot then
            return slot
        elseif worker ~= nil then
            error(verdict.wrong(pick, worker), 0)
        end
        return none()
    end

    function calls.done()
        done(request, view.at(host.outcome.slot), outcome)
    end

    function calls.changed()
        workers, slots = view.available()
        count = #workers
        changed(workers)
    end

    function calls.tick(now)
        tick(now)
    end

    function calls.check()
        for i, worker in ipairs(view.available()) do
            if workers[i] ~= worker then
                error(verdict.changed(given.file), 0)
            end
        end
    end

    options.check_read(given.file:gsub("%.lua$", ""), policy, given.options)
    if policy.start then
        policy.start(given.options, workers)
    end
    return calls
end

return runtime
