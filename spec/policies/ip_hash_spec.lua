local chance = require("chance")
local fakes = require("picket.fakes")

local MODULUS = 6271

-- The numbers that the hash runs through for a client: with so many workers, they are places.
local function hashes(client, count)
    local workers = fakes.workers(MODULUS)
    local policy = fakes.load("ip_hash", {}, workers)
    local found = {}
    for i = 1, count do
        local worker = policy.pick(fakes.request({ client = client }), workers)
        found[i] = tonumber(worker.name:sub(2)) - 1
        worker.tried = true
    end
    return found
end

local function pick(client, workers, options)
    local policy = fakes.load("ip_hash", options, workers)
    return policy.pick(fakes.request({ client = client }), workers)
end

describe("ip_hash", function()
    it("calculates what nginx does for IPv4, and runs on as nginx does", function()
        assert.same({ 4040, 5510, 4957 }, hashes("127.0.0.1", 3))
        assert.same({ 2565, 1753, 5403 }, hashes("10.0.0.1", 3))
    end)

    it("calculates with all octets of IPv6", function()
        local function expected(octets)
            local hash = 89
            for _, octet in ipairs(octets) do
                hash = (hash * 113 + octet) % MODULUS
            end
            return hash
        end
        assert.same({ expected({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }) },
            hashes("::1", 1))
        assert.same({ expected({ 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd }) },
            hashes("2001:db8::abcd", 1))
    end)

    it("tells networks apart, not the hosts in them", function()
        assert.same(hashes("10.1.2.3", 3), hashes("10.1.2.250", 3))
        assert.are_not.same(hashes("10.1.2.3", 3), hashes("10.1.3.3", 3))
    end)

    it("counts clients of a Unix socket as 0.0.0.0", function()
        assert.same(hashes("0.0.0.0", 3), hashes("unix:", 3))
    end)

    -- 4040 modulo 5 is 0, modulo 7 (weights 1, 2, 4) is 1.
    it("takes the hash modulo the sum of the weights", function()
        local workers = fakes.workers(5)
        assert.equal(workers[1], pick("127.0.0.1", workers))
        workers = fakes.workers({ { weight = 1 }, { weight = 2 }, { weight = 4 } })
        assert.equal(workers[2], pick("127.0.0.1", workers))
    end)

    it("spreads neighbours where weights are fractions or their sum is beyond the hash", function()
        for _, weight in ipairs({ 0.5, 4000 }) do
            local workers = fakes.workers(2, { weight = weight })
            local policy = fakes.load("ip_hash", {}, workers)
            local counts = fakes.tally(policy, workers, 256, function(i)
                return fakes.request({ client = ("10.0.%d.1"):format(i - 1) })
            end)
            assert.is_true(chance.fits(counts.w1, 256, 1 / 2))
        end
    end)

    -- Modulo 5, the numbers of 127.0.0.1 are 0, 0 and 2.
    it("passes over full workers to the next hash that finds a free one", function()
        local workers = fakes.workers(5)
        workers[1].capacity = 0
        assert.equal(workers[3], pick("127.0.0.1", workers))
    end)

    it("lets workers take turns when one look and twenty more found none free", function()
        local workers = fakes.workers(MODULUS, { tried = true })
        workers[1].tried, workers[2].tried = false, false
        local places = hashes("192.0.2.1", 22)
        local policy = fakes.load("ip_hash", {}, workers)
        local request = fakes.request({ client = "192.0.2.1" })
        assert.same({ "w1", "w2", "w1" }, fakes.sequence(policy, workers, 3, request))
        workers[places[22] + 1].tried = false
        assert.are_not.equal(workers[places[22] + 1], policy.pick(request, workers))
        workers[places[21] + 1].tried = false
        assert.equal(workers[places[21] + 1], policy.pick(request, workers))
    end)

    it("has no choice with one worker or none", function()
        local workers = fakes.workers(1)
        assert.equal(workers[1], pick("127.0.0.1", workers))
        workers[1].capacity = 0
        assert.is_nil(pick("127.0.0.1", workers))
        assert.is_nil(pick("127.0.0.1", {}))
    end)
end)
