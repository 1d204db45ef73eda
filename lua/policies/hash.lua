--- Requests with the same key go to the same worker.
--
-- Use it when workers keep what is worth coming back for: warm functions, sessions, caches.
-- Full: the next worker in the key's own order serves, and the first again once it is free.
-- Weights: a worker has keys in proportion to its weight.
-- Membership: when a worker leaves, only its keys move, evenly to the others.
-- Cost: one pass over the workers, with a hash for each: some 10 us for a thousand.
-- Options: key = "function" (default), "path" (without the query), "client" (the address) or
--          "header:NAME".  Requests without that header take turns, as HAProxy has it.
-- Source: weighted rendezvous hashing, in lua/lib/picket/rendezvous.lua.
local hash = require("picket.hash")
local options = require("picket.options")
local rendezvous = require("picket.rendezvous").new()
local turns = require("picket.turns").new()

local KEYS = {
    ["function"] = function(request)
        return request.func
    end,
    path = function(request)
        return request.path:match("^[^?]*")
    end,
    client = function(request)
        return request.client
    end,
}

local HEADER = "^header:([%w!#$%%&'*+.^_`|~-]+)$"

local function is_key(text)
    return KEYS[text] ~= nil or text:find(HEADER) ~= nil
end

local OPTIONS = {
    key = options.text("function", 'be "function", "path", "client" or "header:NAME"', is_key),
}

local policy = {}
local key_of

function policy.start(given, workers)
    local key = options.check("hash", given, OPTIONS).key
    local header = key:match(HEADER)
    key_of = KEYS[key] or function(request)
        return request:header(header)
    end
    policy.changed(workers)
end

function policy.changed(workers)
    rendezvous:changed(workers)
    turns:changed(workers)
end

function policy.pick(request, workers)
    local key = key_of(request)
    if not key or key == "" then
        return turns:next(workers)
    end
    return rendezvous:find(hash.spread(key), workers)
end

return policy
