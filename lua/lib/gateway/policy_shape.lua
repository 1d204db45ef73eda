--- What a policy's file must be: Lua that returns a table with pick() and perhaps more, each of its
-- kind.
local policy_shape = {}

local suggest = require("picket.suggest")

local function check_list(policy, file)
    for _, name in ipairs(type(policy.headers) == "table" and policy.headers or {}) do
        if type(name) ~= "string" then
            error(("%s: headers must list names of headers, not a %s"):format(file, type(name)), 0)
        end
    end
end

local KINDS = {
    start = "function", changed = "function", done = "function", tick = "function",
    tick_ms = "number", headers = "table",
}

-- `function mine:pick(request, workers)` takes the request for itself.
local function check_colon(policy, name, file)
    local func = policy[name]
    if type(func) == "function" and debug.getlocal(func, 1) == "self" then
        error(("%s:%d: %s is declared with a colon; with a dot it gets what it is called with")
            :format(file, debug.getinfo(func, "S").linedefined, name), 0)
    end
end

-- What the file returned in place of a table with pick(), and what to do about it.
local function instead(policy)
    if policy == nil then
        return "this file returns nothing; end it with \"return\" and the table"
    elseif type(policy) ~= "table" then
        return "this file returns a " .. type(policy)
    elseif policy.pick ~= nil then
        return "here pick is a " .. type(policy.pick)
    end
    for key in pairs(policy) do
        if type(key) == "string" and suggest.nearest(key, { "pick" }) then
            return ("this one has none; did you mean \"pick\" by %q?"):format(key)
        end
    end
    return "this one has none"
end

--- The table that a policy's file returned, if it is one; else an error that begins with the file.
function policy_shape.check(policy, file)
    if type(policy) ~= "table" or type(policy.pick) ~= "function" then
        error(("%s: a policy returns a table with the function pick, and %s"):format(file,
            instead(policy)), 0)
    end
    for key, kind in pairs(KINDS) do
        local value = policy[key]
        if value ~= nil and type(value) ~= kind then
            error(("%s: %s must be a %s, not a %s"):format(file, key, kind, type(value)), 0)
        end
    end
    if policy.tick_ms and not (policy.tick_ms >= 1 and policy.tick_ms <= 86400000) then
        error(("%s: tick_ms must be from 1 to 86400000"):format(file), 0)
    end
    if policy.tick and not policy.tick_ms then
        error(file .. ": tick is never called without tick_ms, such as tick_ms = 1000", 0)
    end
    check_list(policy, file)
    check_colon(policy, "pick", file)
    for name in pairs(KINDS) do
        check_colon(policy, name, file)
    end
    return policy
end

--- What is probably not meant: a function that is never called, since its name is mistyped.
function policy_shape.doubt(policy, file)
    local names, doubts = { "pick" }, {}
    for name, kind in pairs(KINDS) do
        names[#names + 1] = kind == "function" and name or nil
    end
    table.sort(names)
    for key, value in pairs(policy) do
        local meant = type(key) == "string" and type(value) == "function"
            and key ~= "pick" and not KINDS[key] and suggest.nearest(key, names)
        if meant then
            doubts[#doubts + 1] = ('%s: warning: the gateway calls no function %s; did you mean '
                .. '"%s"?'):format(file, key, meant)
        end
    end
    table.sort(doubts)
    return doubts[1]
end

return policy_shape
