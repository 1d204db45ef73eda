--- A preset, with its functions or its requests replaced by those of files.
local scenario = {}

local azure2019 = require("lab.azure2019")
local lost_requests = require("lab.lost_requests")
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

local function use_azure2019(made, options, known)
    local found, message = azure2019.load(options.trace)
    if not found then
        return nil, message
    elseif known then
        return nil, options.trace .. ": has functions of its own, which no registry knows"
    end
    made.requests = found.requests
    made.registry = function() return found.registry end
    made.workload = function(_, seed) return found:workload(seed) end
    return made
end

-- Only the first so many requests.
local function cut(made, count)
    local workload = made.workload
    made.requests = math.min(made.requests, count)
    made.workload = function(known, seed)
        local next_request, sent = workload(known, seed), 0
        return function()
            if sent < count then
                sent = sent + 1
                return next_request()
            end
        end
    end
    return made
end

local function use_trace(made, options, known)
    if azure2019.find(options.trace) then
        return use_azure2019(made, options, known)
    end
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
    for i, request in ipairs(made.apart and requests or {}) do
        request.due = i * made.apart
    end
    local lost = requests[1].is_pipbench and lost_requests.add(requests, known) or 0
    if lost > 0 then
        made.note = ("%s lacks %d requests that were sent; they are added"):format(
            options.trace, lost)
    end
    made.requests = #requests
    made.workload = function() return trace.workload(requests) end
    made.registry = function() return known end
    return made
end

--- `options`: preset (a name or a file), trace, registry (files, or nil), requests (at most so
-- many; nil: all).  Without a registry the functions of a trace have no packages.  A scenario may
-- have a note on its requests.  nil and a message when one of the files is bad.
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
        made, message = use_trace(made, options, known)
    end
    if made and options.requests then
        cut(made, options.requests)
    end
    return made, message
end

return scenario
