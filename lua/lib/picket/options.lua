--- Check the options of a policy, so that all policies refuse wrong ones in the same words.
--
--     local options = require("picket.options")
--     local OPTIONS = { ties = options.choice("turn", "first"), limit = options.number(100, 0) }
--
--     function least_loaded.start(given, workers)
--         local settings = options.check("least_loaded", given, OPTIONS)
--
-- `check` returns a table with every option, given or default, or raises an error like
--
--     options of least_loaded: ties must be "turn" or "first", not "last"
--     options of least_loaded: "tie" is unknown; did you mean "ties"?
--
-- which `picket check` reports with the line of the configuration.
-- The first argument of each kind of option is its default.
local keys = require("picket.keys")
local suggest = require("picket.suggest")

local options = {}

local function quoted(value)
    if type(value) == "string" then
        return '"' .. value .. '"'
    end
    return type(value) == "table" and "a table" or tostring(value)
end

--- One of some values; the first is the default.
function options.choice(...)
    local names, known = {}, {}
    for i, value in ipairs({ ... }) do
        names[i], known[value] = quoted(value), true
    end
    return {
        default = (...),
        must = "be " .. table.concat(names, " or "),
        accepts = function(value)
            return known[value] == true
        end,
    }
end

--- A number, of at least `low` and at most `high` where these are given.
function options.number(default, low, high)
    local from = low and " from " .. low or ""
    local to = high and " to " .. high or low and " up" or ""
    return {
        default = default,
        must = "be a number" .. from .. to,
        accepts = function(value)
            return type(value) == "number" and value >= (low or -math.huge)
                and value <= (high or math.huge)
        end,
    }
end

--- true or false.
function options.flag(default)
    return {
        default = default,
        must = "be true or false",
        accepts = function(value)
            return type(value) == "boolean"
        end,
    }
end

--- A string, for which `accepts(value)` is true; `must` says in words which these are ("be ...").
-- Without them any string will do.
function options.text(default, must, accepts)
    return {
        default = default,
        must = must or "be a text",
        accepts = function(value)
            return type(value) == "string" and (not accepts or accepts(value))
        end,
    }
end

local function as_text(a, b)
    return tostring(a) < tostring(b)
end

local function refuse(policy, ...)
    error("options of " .. policy .. ": " .. string.format(...), 0)
end

local function refuse_unknown(policy, key, rules)
    local names = keys.sorted(rules, as_text)
    local hint = suggest.hint(tostring(key), names)
    if hint == "" then
        hint = #names == 0 and "; it has none"
            or (#names == 1 and "; there is " or "; there are ") .. table.concat(names, ", ")
    end
    refuse(policy, "%s is unknown%s", quoted(key), hint)
end

--- The options given to a policy, completed by defaults.  Raises an error for wrong ones.
function options.check(policy, given, rules)
    given = given or {}
    for _, key in ipairs(keys.sorted(given, as_text)) do
        local rule = rules[key]
        if not rule then
            refuse_unknown(policy, key, rules)
        elseif not rule.accepts(given[key]) then
            refuse(policy, "%s must %s, not %s", key, rule.must, quoted(given[key]))
        end
    end
    local settings = {}
    for name, rule in pairs(rules) do
        settings[name] = rule.default
        if given[name] ~= nil then
            settings[name] = given[name]
        end
    end
    return settings
end

--- Raises an error when there are options for a policy that has no start() to read them.
function options.check_read(name, policy, given)
    local first = keys.sorted(given or {}, as_text)[1]
    if first ~= nil and not policy.start then
        refuse(name, "%s is given, but the policy has no start(options) that would read it",
            quoted(first))
    end
end

return options
