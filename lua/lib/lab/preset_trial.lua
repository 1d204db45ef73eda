--- Whether what a preset of one's own returns is what the lab can run.
local preset_trial = {}

local source_line = require("lab.source_line")

local function is_whole(value)
    return type(value) == "number" and value >= 1 and value % 1 == 0
end

local function is_above_0(value)
    return type(value) == "number" and value > 0 and value < math.huge
end

local function may(check)
    return function(value)
        return value == nil or check(value)
    end
end

-- field of a worker, whether a value is right, what it should be
local FIELDS = {
    { "name", function(value) return type(value) == "string" and value ~= "" end, "a name" },
    { "machine", is_whole, "a whole number from 1" },
    { "settings", function(value) return type(value) == "table" and is_above_0(value.speed) end,
        "settings of a model, with a speed above 0" },
    { "weight", may(is_whole), "a whole number from 1" },
    { "capacity", may(is_whole), "a whole number from 1" },
}

local function worker_fault(i, worker, seen)
    if type(worker) ~= "table" then
        return ("worker %d must be a table, not a %s"):format(i, type(worker))
    end
    for _, row in ipairs(FIELDS) do
        local name, is_right, expected = row[1], row[2], row[3]
        if not is_right(worker[name]) then
            return ("worker %d: %s must be %s, not %s"):format(i, name, expected,
                tostring(worker[name]))
        end
    end
    if seen[worker.name] then
        return ("worker %d has the name of another, %q"):format(i, worker.name)
    end
    seen[worker.name] = true
end

local function workers_fault(workers)
    if type(workers) ~= "table" or not workers[1] then
        return "workers must return a list of at least one worker"
    end
    local seen = {}
    for i, worker in ipairs(workers) do
        local fault = worker_fault(i, worker, seen)
        if fault then
            return fault
        end
    end
end

local function registry_fault(known)
    if type(known) ~= "table" or type(known.names) ~= "table" or #known.names == 0 then
        return "registry must return a registry of at least one function"
    end
end

--- True when the workers and functions of a preset can be simulated; nil and a message if not.
function preset_trial.check(path, made)
    for _, part in ipairs({ { "workers", workers_fault }, { "registry", registry_fault } }) do
        local name, fault_of = part[1], part[2]
        local ok, returned = pcall(made[name], 1)
        local fault = not ok and tostring(returned) or nil
        fault = fault or fault_of(returned)
        if fault then
            return nil, ok and source_line.of(path, name) .. ": " .. fault or fault
        end
    end
    return true
end

return preset_trial
