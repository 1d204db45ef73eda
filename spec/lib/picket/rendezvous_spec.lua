local chance = require("chance")
local fakes = require("picket.fakes")
local hash = require("picket.hash")
local rendezvous = require("picket.rendezvous")

local KEYS = 20000

local function owners(workers)
    local meeting = rendezvous.new()
    meeting:changed(workers)
    local found = {}
    for i = 1, KEYS do
        found[i] = meeting:find(hash.spread("key-" .. i), workers)
    end
    return found
end

local function count(found, worker)
    local n = 0
    for _, owner in ipairs(found) do
        n = n + (owner == worker and 1 or 0)
    end
    return n
end

describe("picket.rendezvous", function()
    it("gives equal workers equal shares", function()
        local workers = fakes.workers(7)
        local found = owners(workers)
        for _, worker in ipairs(workers) do
            assert.is_true(chance.fits(count(found, worker), KEYS, 1 / 7))
        end
    end)

    it("gives workers shares as their weights are", function()
        local weights = { 0.5, 1, 3, 5.5 }
        local workers = fakes.workers(4)
        for i, worker in ipairs(workers) do
            worker.weight = weights[i]
        end
        local found = owners(workers)
        for i, worker in ipairs(workers) do
            assert.is_true(chance.fits(count(found, worker), KEYS, weights[i] / 10))
        end
    end)

    it("moves only the keys of a worker that leaves, and evenly", function()
        local workers = fakes.workers(5)
        local before = owners(workers)
        local left = table.remove(workers, 2)
        local after, moved = owners(workers), {}
        for i = 1, KEYS do
            if before[i] ~= left then
                assert.equal(before[i], after[i])
            else
                moved[#moved + 1] = after[i]
            end
        end
        for _, worker in ipairs(workers) do
            assert.is_true(chance.fits(count(moved, worker), #moved, 1 / 4))
        end
    end)

    it("moves keys only to a worker whose weight grows", function()
        local workers = fakes.workers(4)
        local before = owners(workers)
        workers[3].weight = 2
        local after = owners(workers)
        for i = 1, KEYS do
            assert.is_true(after[i] == before[i] or after[i] == workers[3])
        end
    end)

    it("does not depend on the order of the workers", function()
        local workers = fakes.workers(4)
        workers[1].weight = 2
        local before = owners(workers)
        workers[1], workers[4] = workers[4], workers[1]
        assert.same(before, owners(workers))
    end)

    it("falls on to the next in the key's order while the first is not free", function()
        local workers = fakes.workers(5)
        local meeting = rendezvous.new()
        meeting:changed(workers)
        local key, seen = hash.spread("key"), {}
        for i = 1, 5 do
            local worker = meeting:find(key, workers)
            assert.is_nil(seen[worker])
            seen[worker], worker.tried = i, true
        end
        assert.is_nil(meeting:find(key, workers))
        for worker, i in pairs(seen) do
            worker.tried = i == 1
        end
        assert.equal(2, seen[meeting:find(key, workers)])
    end)

    it("finds nobody among no workers", function()
        assert.is_nil(rendezvous.new():find(1, {}))
    end)
end)
