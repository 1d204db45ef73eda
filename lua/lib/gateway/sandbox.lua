--- What a policy can reach: the harmless part of the standard library, and the modules of picket.
-- There is no way to files, processes, memory or the gateway itself; what is listed here is all.
local sandbox = {}

local lua_text = require("gateway.lua_text")
local random = require("gateway.random")
local suggest = require("picket.suggest")

local FUNCTIONS = [[
    assert error ipairs next pairs pcall rawequal rawget rawset select setmetatable tonumber
    tostring type unpack xpcall
]]

local LIBRARIES = {
    bit = "arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex",
    coroutine = "create resume running status wrap yield",
    math = [[
        abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min
        modf pi pow rad sin sinh sqrt tan tanh
    ]],
    string = "byte char find format gmatch gsub len lower match rep reverse sub upper",
    table = "concat insert maxn move remove sort",
}

local ABSENT = [[
    collectgarbage debug dofile ffi getfenv io jit load loadfile loadstring module newproxy os
    package setfenv
]]

local function words(text)
    local set = {}
    for word in text:gmatch("%S+") do
        set[word] = true
    end
    return set
end

local absent = words(ABSENT)
local INSTEAD = { os = "; request.now is the time, in milliseconds" }

local function copy(names, from)
    local made = {}
    for name in pairs(words(names)) do
        made[name] = from[name]
    end
    return made
end

local guard = {
    __index = function(_, name)
        if absent[name] then
            error(("a policy cannot use %s%s"):format(name, INSTEAD[name] or ""), 2)
        end
    end,
    __newindex = function(_, name)
        name = tostring(name)
        error(("assignment to the global \"%s\"; write: local %s = ..."):format(name, name), 2)
    end,
    __metatable = false,
}

-- Strings share one metatable, by which policies could meet each other.
local function table_metatable(value)
    return type(value) == "table" and getmetatable(value) or nil
end

local function printer(write)
    return function(...)
        local texts = { ... }
        for i = 1, select("#", ...) do
            texts[i] = tostring(texts[i])
        end
        write(table.concat(texts, "\t"))
    end
end

local function extension(name)
    local ok, module = pcall(require, name)
    return ok and module or nil
end

-- A mistyped function of a module is told; classes keep what they do with unknown names.
local function strict(module, name)
    if type(module) ~= "table" or module.__index or getmetatable(module) then
        return module
    end
    local names = {}
    for field in pairs(module) do
        names[#names + 1] = tostring(field)
    end
    table.sort(names)
    return setmetatable(module, {
        __index = function(_, field)
            error(suggest.no_field("the module " .. name, field, names), 2)
        end,
    })
end

-- `require` within the box: each module is run once per box, and sees what a policy sees.
local function requirer(env, find)
    local loaded = {
        bit = env.bit, coroutine = env.coroutine, math = env.math, string = env.string,
        table = env.table, ["table.new"] = extension("table.new"),
        ["table.clear"] = extension("table.clear"),
    }
    local LOADING = {}
    return function(name)
        local module = loaded[name]
        if module == LOADING then
            error(("module %s requires itself"):format(name), 2)
        elseif module ~= nil then
            return module
        end
        local text, file = find(name)
        if not text then
            error(("there is no module %q for policies; they have picket.hash, picket.ring and "
                .. "others of policy(7)"):format(tostring(name)), 2)
        end
        loaded[name] = LOADING
        local chunk = assert(lua_text.compile(text, file, env))
        local ok, result = pcall(chunk, name)
        loaded[name] = ok and (result == nil or strict(result, name)) or nil
        if not ok then
            error(result, 0)
        end
        return loaded[name]
    end
end

--- The globals of one policy.  `host.find(name)` gives the source and file of a module, or nil;
-- `host.print(line)` takes what is printed; `host.seed` and perhaps `host.random` are for
-- math.random, see gateway.random.
function sandbox.new(host)
    local env = copy(FUNCTIONS, _G)
    for name, names in pairs(LIBRARIES) do
        env[name] = copy(names, extension(name) or _G[name])
    end
    env._G = env
    env.getmetatable = table_metatable
    env.math.random, env.math.randomseed = random.new(host.seed, host.random)
    env.print = printer(host.print)
    env.require = requirer(env, host.find)
    return setmetatable(env, guard)
end

return sandbox
