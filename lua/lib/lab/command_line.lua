--- The options of a command: "--seed 7", "--seed=7", "--policy A --policy B"; and other words.
local command_line = {}

local keys = require("picket.keys")
local suggest = require("picket.suggest")

local function split(argument)
    local name, value = argument:match("^%-%-([%w-]+)=(.*)$")
    if name then
        return name, value
    end
    return argument:match("^%-%-([%w-]+)$")
end

-- The value as its kind wants it; nil and what it must be.
local function convert(kind, value)
    if kind == "number" then
        return tonumber(value), "a number"
    elseif kind == "count" then
        local number = tonumber(value)
        return number and number >= 1 and number % 1 == 0 and number or nil, "a whole number from 1"
    end
    return value ~= "" and value or nil, "something"
end

-- What is wrong with an argument that is no option, and which were.
local function unknown(argument, kinds)
    local known, inherited = {}, (getmetatable(kinds) or {}).__index or {}
    for _, names in ipairs({ kinds, inherited }) do
        for name in pairs(names) do
            if type(name) == "string" then -- 1: that there may be other words
                known["--" .. name] = true
            end
        end
    end
    local names = keys.sorted(known)
    local what = argument:find("^%-") and "unknown option" or "unexpected argument"
    local hint = suggest.hint(argument:match("^[^=]*"), names)
    if hint == "" and #names > 0 then
        hint = "; there are " .. table.concat(names, ", ")
    end
    return ("%s %q%s"):format(what, argument, hint)
end

-- Takes one option; nil and a message for what is wrong.
local function take(options, kind, name, given)
    if not given then
        return nil, ("--%s needs a value"):format(name)
    end
    local value, must = convert(kind, given)
    if value == nil then
        return nil, ("--%s must be %s, not %q"):format(name, must, given)
    end
    if kind == "list" then
        options[name] = options[name] or {}
        table.insert(options[name], value)
    else
        options[name] = value
    end
    return options
end

--- Options from arguments.  `kinds` maps a name to "text", "number", "count", or "list" for one
-- that may come several times; with a kinds[1], words that are no options are listed from
-- options[1] on.  nil and a message for what is wrong.
function command_line.parse(arguments, kinds)
    local options, i = {}, 1
    while arguments[i] do
        local name, given = split(arguments[i])
        if kinds[name] then
            if not given then
                i = i + 1
                given = arguments[i]
            end
            local taken, message = take(options, kinds[name], name, given)
            if not taken then
                return nil, message
            end
        elseif kinds[1] and not arguments[i]:find("^%-") then
            options[#options + 1] = arguments[i]
        else
            return nil, unknown(arguments[i], kinds)
        end
        i = i + 1
    end
    return options
end

return command_line
