--- Load a policy file and try it out, as the specs do; see picket.fakes, which has these functions.
local trial = {}

local lua_text = require("gateway.lua_text")
local options_of = require("picket.options")
local policy_shape = require("gateway.policy_shape")

local VISIBLE = [[
    assert bit error getmetatable ipairs math next pairs pcall print rawequal rawget rawset require
    select setmetatable string table tonumber tostring type unpack xpcall
]]

-- What a policy sees of the world: about what the gateway's sandbox shows, and no more.
local function surroundings(file)
    local visible = {}
    for name in VISIBLE:gmatch("%S+") do
        visible[name] = _G[name]
    end
    function visible.require(name)
        if not package.searchpath(name, package.path) then
            error(('%s: require("%s"): a policy has only lua/lib'):format(file, name), 2)
        end
        return require(name)
    end
    return setmetatable({}, {
        __index = visible,
        __newindex = function(_, name)
            error(('%s sets the global "%s"; write: local %s = ...'):format(file, name, name), 2)
        end,
    })
end

-- Picket's policies lie beside the library that this file is of.
local function policies()
    local here = debug.getinfo(1, "S").source:match("^@(.*)lib/picket/trial%.lua$")
    return here and (";%spolicies/?.lua"):format(here) or ""
end

--- The table that a policy file returns, from a fresh run of the file.  `name` is a policy's name
-- or the path of a file ("./mine.lua"), as in conf/scheduler.lua.
function trial.read(name)
    local file = name
    if not name:find("/") then
        file = package.searchpath(name, package.path .. policies()) or name .. ".lua"
    end
    local chunk, message = lua_text.load(file)
    if not chunk then
        error(message, 0)
    end
    return policy_shape.check(setfenv(chunk, surroundings(file))(), file)
end

--- A policy that has been started with these options and workers.
function trial.load(name, options, workers)
    local policy = trial.read(name)
    options_of.check_read(name, policy, options)
    if policy.start then
        policy.start(options or {}, workers or {})
    end
    return policy
end

--- The names of the workers picked for `count` requests, one after the other; "-" where none was.
-- `request` is a request or a function that makes the i-th one.
function trial.sequence(policy, workers, count, request)
    local names = {}
    for i = 1, count do
        local worker = policy.pick(type(request) == "function" and request(i) or request, workers)
        names[i] = worker and worker.name or "-"
    end
    return names
end

--- How many of `count` requests each worker was picked for, by name.
function trial.tally(policy, workers, count, request)
    local counts = {}
    for _, worker in ipairs(workers) do
        counts[worker.name] = 0
    end
    for _, name in ipairs(trial.sequence(policy, workers, count, request)) do
        counts[name] = (counts[name] or 0) + 1
    end
    return counts
end

return trial
