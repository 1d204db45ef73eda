--- A policy tried as `picket check` tries it, before it is simulated.
--
-- A simulation would carry on where the gateway does: with the fallback for picks that fail.  And
-- its workers are plain tables, for the sake of speed, so that a policy could write to them, which
-- it cannot in the gateway.  The ones here are what the gateway shows.
local policy_trial = {}

local bounds = require("gateway.bounds")
local mistakes = require("gateway.mistakes")
local policy_host = require("lab.policy_host")
local replica = require("gateway.replica")
local verdict = require("gateway.verdict")

local FUNCTIONS = 8 -- of those registered
local SEED = 1
local LIMITS = { time_ms = 250, memory_bytes = 2 ^ 26 } -- of all of a trial

local MADE_UP = { "made-up", "f", "resize", "thumbnail" } -- which no registry knows
local OUTCOMES = {
    { status = 200, latency_ms = 1.5, headers = {} },
    { status = 0, latency_ms = 0, error = "connect", headers = {} },
}

-- So many workers, with little to do; those of `full` are full.
local function scene(count, full)
    local list = {}
    for i = 1, count do
        local inflight = (count - i) % 3 -- not in their order, for who would sort them
        list[i] = { name = "made-up " .. i, url = "http://made-up.invalid:" .. i,
            inflight = inflight, capacity = inflight + (full and full(i) and 0 or 1) }
    end
    return list
end

local function odd(i)
    return i % 2 == 1
end

local function all()
    return true
end

local function fields_of(number, func, packages)
    return { func = func, packages = packages, path = "/run/" .. func .. "?trial=1",
        client = odd(number) and "127.0.0.1" or "2001:db8::1", body_length = number % 3 - 1,
        now = 1000 + 7 * number }
end

-- What is picked for: some of the registered functions, and others.
local function requests_of(known)
    local requests = {}
    local step = math.max(1, math.floor(#known.names / FUNCTIONS))
    for i = 1, math.min(FUNCTIONS, #known.names) do
        local name = known.names[(i - 1) * step + 1]
        requests[i] = fields_of(i, name, known.functions[name].packages)
    end
    for _, name in ipairs(MADE_UP) do
        requests[#requests + 1] = fields_of(#requests, name, {})
    end
    return requests
end

-- One attempt, from its pick to its end; the worker.
local function attempt(policy, request, workers, number)
    local worker, is_known = policy.pick(request, workers), false
    for _, one in ipairs(workers) do
        is_known = is_known or one == worker
    end
    if worker ~= nil and not is_known then
        error(verdict.wrong(policy.pick, worker), 0)
    elseif worker and policy.done then
        policy.done(request, worker, replica.outcome(OUTCOMES[number % #OUTCOMES + 1]))
    end
end

local function play(policy, requests, list)
    local workers = replica.workers(list)
    local before = { unpack(workers) }
    if policy.changed then
        policy.changed(workers)
    end
    for number, fields in ipairs(#workers > 0 and requests or {}) do
        for try = 1, 2 do
            fields.attempt = try
            attempt(policy, replica.request(fields), workers, number)
        end
    end
    for i = 1, math.max(#workers, #before) do
        if workers[i] ~= before[i] then
            error(verdict.changed(verdict.where(policy.pick)), 0)
        end
    end
end

local function play_all(policy, requests)
    for _, list in ipairs({ scene(4), scene(4, odd), scene(4, all), scene(1), {}, scene(3) }) do
        play(policy, requests, list)
    end
    if policy.tick then
        policy.tick(requests[#requests].now)
    end
end

--- True when a policy with these options does well for some functions of a registry; else nil, and
-- what the gateway would say of it.
function policy_trial.run(name, options, known)
    local host, message = policy_host.new(name, options, {}, SEED)
    if not host then
        return nil, message
    end
    local policy = host.policy
    local handler = mistakes.handler(host.file, verdict.where(policy.pick))
    bounds.set(LIMITS, policy.pick)
    local ok, problem = xpcall(function()
        play_all(policy, requests_of(known))
    end, handler)
    bounds.lift()
    return ok or nil, problem
end

return policy_trial
