--- Requests from the same network of clients go to the same worker, the one that nginx would take.
--
-- Use it in place of nginx's ip_hash, or when clients without cookies should stay with a worker.
-- Clients are told apart by the first three octets of an IPv4 address or by all of an IPv6 address;
-- who comes by a Unix socket counts as 0.0.0.0.
-- Full: the hash runs on to another worker, at most twenty times; then workers take turns.
-- Weights: the hash modulo their sum; where some are fractions, scaled to their sum.  The hash is
-- below 6271, so keep the sum of weights well under that, as with nginx.
-- Membership: most clients move when a worker comes or goes (`hash` with key = "client" moves few),
-- and also when one is down, for which nginx keeps the place.
-- Cost: a few operations for each octet.  Options: none.
-- Source: nginx, ngx_http_upstream_ip_hash_module.c.
local address = require("picket.address")
local options = require("picket.options")
local shares = require("picket.shares").new()
local turns = require("picket.turns").new()

local START, FACTOR, MODULUS, TRIES = 89, 113, 6271, 20
local NOWHERE = { 0, 0, 0, 0 }

local ip_hash = {}

function ip_hash.start(given, workers)
    options.check("ip_hash", given, {})
    ip_hash.changed(workers)
end

function ip_hash.changed(workers)
    shares:changed(workers)
    turns:changed(workers)
end

local function advance(hash, octets)
    for i = 1, #octets == 4 and 3 or 16 do
        hash = (hash * FACTOR + octets[i]) % MODULUS
    end
    return hash
end

local function place(hash)
    return shares.whole and hash % shares.total or hash / MODULUS * shares.total
end

function ip_hash.pick(request, workers)
    local octets = address.octets(request.client) or NOWHERE
    local hash = START
    for _ = 0, #workers > 1 and TRIES or -1 do
        hash = advance(hash, octets)
        local worker = workers[shares:at(place(hash))]
        if worker:is_free() then
            return worker
        end
    end
    return turns:next(workers)
end

return ip_hash
