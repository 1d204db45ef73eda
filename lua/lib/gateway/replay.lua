--- Runs one pick again, as it was in the gateway: for the specs that picket writes of picks that
-- have failed (policy_limits.failure_specs).
--
--     replay.pick({
--         policy = "/etc/picket/mine.lua",
--         workers = { { name = "w1", inflight = 3, tried = true, packages = { "numpy" } } },
--         request = { func = "resize", headers = { Host = "example.org" } },
--         options = {}, seed = 1, random = { 1, 2, 3, 4 }, time_ms = 50, memory_bytes = 2 ^ 26,
--     })
--
-- Raises the error of the gateway, or returns the worker.  The policy is loaded afresh: one that
-- fails only after certain requests does not do so here.
local replay = {}

local bounds = require("gateway.bounds")
local ffi = require("ffi")
local files = require("gateway.files")
local lua_text = require("gateway.lua_text")
local mistakes = require("gateway.mistakes")
local options = require("picket.options")
local policy_shape = require("gateway.policy_shape")
local replica = require("gateway.replica")
local sandbox = require("gateway.sandbox")
local verdict = require("gateway.verdict")

local function find_module(name)
    local path = name:find("^picket%.") and package.searchpath(name, package.path)
    return path and assert(files.read(path)), path and name:gsub("%.", "/") .. ".lua"
end

local function load_policy(given, file, words)
    local source, reason = files.read(given.policy)
    if not source then
        error(("%s: cannot be read: %s"):format(given.policy, reason), 0)
    end
    local chunk = assert(lua_text.compile(source, file, sandbox.new({
        find = find_module, print = print, seed = given.seed or 1, random = words,
    })))
    return policy_shape.check(chunk(), file)
end

local function start(policy, given, file, workers)
    options.check_read(file:gsub("%.lua$", ""), policy, given.options)
    if policy.start then
        policy.start(given.options or {}, workers)
    end
    if policy.changed then
        policy.changed(workers)
    end
end

-- What gateway.runtime says of the same answer.
local function check(policy, workers, count, worker)
    for _, known in ipairs(workers) do
        if known == worker then
            return worker
        end
    end
    if worker ~= nil then
        error(verdict.wrong(policy.pick, worker), 0)
    elseif #workers ~= count then
        error(verdict.changed(verdict.where(policy.pick)), 0)
    end
end

function replay.pick(given)
    local file = given.policy:match("[^/]*$")
    local words = ffi.new("int32_t[4]")
    local policy = load_policy(given, file, words)
    local workers = replica.workers(given.workers)
    local request = replica.request(given.request)
    local count = #workers
    local function run()
        start(policy, given, file, workers)
        for i, word in ipairs(given.random or {}) do
            words[i - 1] = word
        end
        bounds.set(given, policy.pick)
        local worker = policy.pick(request, workers)
        bounds.lift()
        return check(policy, workers, count, worker)
    end
    local ok, result = xpcall(run, mistakes.handler(file, verdict.where(policy.pick)))
    bounds.lift()
    if not ok then
        error(result, 0)
    end
    return result
end

return replay
