--- What a worker model may be told, and the models that come with picket.
-- A model is a Lua file that returns a table of these settings.  People write seconds and
-- megabytes; the model computes with milliseconds and bytes.
local settings = {}

local lua_text = require("gateway.lua_text")
local source_line = require("lab.source_line")
local suggest = require("picket.suggest")
local wording = require("gateway.wording")

-- name, default (nil: none), factor to the model's unit, sentence
settings.rows = {
    { "cores", math.huge, 1, "Cores of the machine, shared evenly by all jobs of its workers." },
    { "speed", 1, 1, "How fast this worker is compared with others." },
    { "call", 0.1, 1000, "Core-seconds of a call; the median if call_sigma is above 0." },
    { "call_sigma", 0, 1, "Spread of log-normal calls: standard deviation of the logarithm." },
    { "install", 0, 1000, "Core-seconds to install a package, whatever its size." },
    { "install_per_mb", 0, 1000 / 1e6, "Core-seconds for each megabyte of a package." },
    { "store_mb", nil, 1e6, "Megabytes of packages that a worker keeps; none: any number." },
    { "start", 0, 1000, "Core-seconds to start a sandbox that is not warm." },
    { "keep_alive", nil, 1000, "Seconds that an idle sandbox stays warm; none: for ever." },
    { "memory_mb", nil, 1, "Megabytes of memory for all sandboxes; none: any number." },
    { "sandbox_mb", 128, 1, "Megabytes of a sandbox whose function does not say." },
    { "evict", "lru", nil, "Which idle sandbox makes room: \"lru\" or \"greedy_dual\"." },
    { "running", nil, 1, "Requests that a worker runs at once; none: any number." },
    { "running_per_function", nil, 1, "Likewise of one function." },
    { "queue", nil, 1, "Requests of one function that wait, further ones get 429; none: any." },
    { "failures", 0, 1, "Share of calls that fail, with 500." },
    { "stragglers", 0, 1, "Share of calls that take longer." },
    { "straggler_factor", 10, 1, "How many times longer they take." },
    { "crash_every", nil, 1000, "Mean seconds between crashes of a worker; none: it has none." },
    { "crash_at", nil, 1000, "Seconds from the start to a crash that is certain." },
    { "down", 10, 1000, "Seconds that a crashed worker is gone; then it is back, and empty." },
}

local ABOVE_0 = { cores = true, speed = true, straggler_factor = true, crash_every = true }

local function check(row, value)
    local name = row[1]
    if name == "evict" then
        if value ~= "lru" and value ~= "greedy_dual" then
            return '"lru" or "greedy_dual"'
        end
    elseif type(value) ~= "number" or value ~= value or value < 0 then
        return "a number from 0"
    elseif value == 0 and ABOVE_0[name] then
        return "a number above 0"
    elseif value > 1 and (name == "failures" or name == "stragglers") then
        return "a number from 0 to 1"
    end
end

local function known(name)
    for _, row in ipairs(settings.rows) do
        if row[1] == name then
            return true
        end
    end
    return false
end

local function names()
    local list = {}
    for i, row in ipairs(settings.rows) do
        list[i] = row[1]
    end
    return list
end

local function convert(given)
    local values = {}
    for _, row in ipairs(settings.rows) do
        local name, default, factor = row[1], row[2], row[3]
        local value = given[name]
        if value == nil then
            value = default
        end
        local expected = value ~= nil and check(row, value)
        if expected then
            return nil, ("%s must be %s, not %s"):format(name, expected,
                wording.describe(value)), name
        end
        values[name] = factor and value and value * factor or value
    end
    return values
end

--- Settings for lab.worker_model from what a model file says; nil, a message and the setting if it
-- is wrong.
function settings.from(given)
    if type(given) ~= "table" then
        return nil, "a model must return a table"
    end
    for name in pairs(given) do
        if not known(name) then
            local text = tostring(name)
            local hint = suggest.hint(text, names())
            return nil, ("no setting is called %q%s"):format(text, hint), text
        end
    end
    local values, message, wrong = convert(given)
    if not values then
        return nil, message, wrong
    end
    values.install_per_byte, values.store_bytes = values.install_per_mb, values.store_mb
    values.memory = values.sandbox_mb
    values.sandboxes =
        { keep_alive = values.keep_alive, memory = values.memory_mb, evict = values.evict }
    values.has_sandboxes = values.start > 0 or values.memory_mb ~= nil
    return values
end

--- The settings of a model: the name of one that comes with picket, or the path of a Lua file.
function settings.load(name)
    local found, given
    if name:find("[/.]") then
        local chunk, message = lua_text.load(name)
        if not chunk then
            return nil, message
        end
        found, given = pcall(chunk)
    else
        found, given = pcall(require, "lab.models." .. name)
        if not found and given:find("not found", 1, true) then
            return nil, ("no worker model is called %q; a path has a slash or a dot"):format(name)
        end
    end
    if not found then
        return nil, given
    end
    local values, message, wrong = settings.from(given)
    if not values then
        return nil, source_line.of(name, wrong) .. ": " .. message
    end
    return values
end

return settings
