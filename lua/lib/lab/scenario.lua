--- A preset, with its functions or its requests replaced by those of files.
local scenario = {}

local preset = require("lab.preset")
local registry = require("lab.registry")
local trace = require("lab.trace")

-- The functions that a trace calls, without packages.
local function registry_of(requests)
    local packages_of = {}
    for _, request in ipairs(requests) do
        packages_of[request.func] = {}
    end
    return registry.new(packages_of)
end

local function copy(made)
    local copied = {}
    for name, value in pairs(made) do
        copied[name] = value
    end
    return copied
end

local function use_registry(made, options)
    local known, message = registry.load(options.registry)
    if not known then
        return nil, message
    end
    made.registry = function() return known end
    return known
end

local function use_trace(made, options, known)
    local requests, message = trace.load(options.trace)
    if not requests then
        return nil, message
    end
    if known then
        for _, request in ipairs(requests) do
            if not known.functions[request.func] then
                return nil, ("%s: calls %s, which is not in %s"):format(
                    options.trace, request.func, options.registry)
            end
        end
    end
    known = known or registry_of(requests)
    made.requests = #requests
    made.workload = function() return trace.workload(requests) end
    made.registry = function() return known end
    return made
end

--- `options`: preset (a name or a file), trace and registry (files, or nil).  Without a registry
-- the functions of a trace have no packages.  nil and a message when one of the files is bad.
function scenario.load(options)
    local chosen, message = preset.load(options.preset or "thesis2018")
    if not chosen then
        return nil, message
    end
    local made, known = copy(chosen), nil
    if options.registry then
        known, message = use_registry(made, options)
        if not known then
            return nil, message
        end
    end
    if options.trace then
        return use_trace(made, options, known)
    end
    return made
end

return scenario
