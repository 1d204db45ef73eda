--- Requests from the same network of clients go to the same worker, the one that nginx would take.
--
-- Use it in place of nginx's ip_hash, or when clients without cookies should stay with a worker.
-- Clients are told apart by the first three octets of an IPv4 address or by all of an IPv6 address;
-- who comes by a Unix socket counts as 0.0.0.0.
-- Full: the hash runs on to another worker, at most twenty times; then workers take turns.
-- Weights: the hash modulo their sum.  Where that cannot do, as some weights are fractions or their
-- sum is above 6271, the hash is mixed and scaled to the sum, which nginx does not.
-- Membership: most clients move when a worker comes or goes (`hash` with key = "client" moves few),
-- and also when one is down, for which nginx keeps the place.
-- Cost: a few operations for each octet.  Options: none.
-- Source: nginx, ngx_http_upstream_ip_hash_module.c.
local address = require("picket.address")
local hash = require("picket.hash")
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

local function advance(number, octets)
    for i = 1, #octets == 4 and 3 or 16 do
        number = (number * FACTOR + octets[i]) % MODULUS
    end
    return number
end

local function place(number)
    if shares.whole and shares.total <= MODULUS then
        return number % shares.total
    end
    return hash.mix(number) / 2^32 * shares.total
end

function ip_hash.pick(request, workers)
    local octets = address.octets(request.client) or NOWHERE
    local number = START
    for _ = 0, #workers > 1 and TRIES or -1 do
        number = advance(number, octets)
        local worker = workers[shares:at(place(number))]
        if worker:is_free() then
            return worker
        end
    end
    return turns:next(workers)
end

return ip_hash
