local fakes = require("picket.fakes")
local hash = require("picket.hash")
local ring = require("picket.ring")

local KEYS = 20000

local function built(workers, points)
    local circle = ring.new(points)
    circle:changed(workers)
    return circle
end

local function owners(circle)
    local found = {}
    for i = 1, KEYS do
        found[i] = circle:find(hash.spread("key-" .. i), 1)[1]
    end
    return found
end

local function share(found, worker)
    local n = 0
    for _, owner in ipairs(found) do
        n = n + (owner == worker and 1 or 0)
    end
    return n / #found
end

describe("picket.ring", function()
    -- A share's standard deviation is a tenth of it with 100 points; these are five of them.
    it("gives workers about equal shares", function()
        local workers = fakes.workers(5)
        local found = owners(built(workers))
        for _, worker in ipairs(workers) do
            assert.near(1 / 5, share(found, worker), 0.1)
        end
    end)

    it("gives workers about the shares that their weights say", function()
        local workers = fakes.workers({ { weight = 4 }, { weight = 0.5 }, { weight = 0.5 } })
        local found = owners(built(workers, 1000))
        assert.near(0.8, share(found, workers[1]), 0.04)
        assert.near(0.1, share(found, workers[2]), 0.04)
    end)

    it("finds what a search through all points finds", function()
        for _, count in ipairs({ 1, 2, 3, 17, 100 }) do
            local workers = fakes.workers(count)
            local circle = built(workers, 10)
            for i = 1, 200 do
                local key = hash.spread("key-" .. i)
                local nearest
                for _, point in ipairs(circle.points) do
                    if math.floor(point / 2^20) >= key and (not nearest or point < nearest) then
                        nearest = point
                    end
                end
                nearest = nearest or math.min(unpack(circle.points))
                assert.equal(workers[nearest % 2^20 + 1], circle:find(key, 1)[1])
            end
        end
    end)

    it("keeps its points in order", function()
        local circle = built(fakes.workers(50))
        assert.equal(5000, #circle.points)
        for i = 2, #circle.points do
            assert.is_true(circle.points[i - 1] < circle.points[i])
        end
    end)

    it("finds the first and the last place of the circle", function()
        local circle = built(fakes.workers(3))
        assert.is_table(circle:find(0, 1)[1])
        assert.equal(circle:find(0, 1)[1], circle:find(2^32 - 1, 1)[1])
    end)

    it("finds as many different workers as asked, and all at most", function()
        local workers = fakes.workers(5)
        local circle = built(workers)
        for i = 1, 500 do
            local seen = {}
            for _, worker in ipairs(circle:find(hash.spread("key-" .. i), 5)) do
                assert.is_nil(seen[worker])
                seen[worker] = true
            end
        end
        assert.equal(5, #circle:find(1, 5))
        assert.equal(5, #circle:find(1, 9))
        assert.equal(2, #circle:find(1, 2))
        assert.equal(0, #circle:find(1, 0))
    end)

    it("moves only the keys of a worker that leaves", function()
        local workers = fakes.workers(6)
        local before = owners(built(workers))
        local left = table.remove(workers, 3)
        local after = owners(built(workers))
        for i = 1, KEYS do
            assert.is_true(before[i] == left or before[i] == after[i])
        end
    end)

    it("gives the keys of a worker that leaves to their second owner", function()
        local workers = fakes.workers(6)
        local circle = built(workers)
        local pair = circle:find(hash.spread("key"), 2)
        local first, second = pair[1], pair[2]
        for i, worker in ipairs(workers) do
            if worker == first then
                table.remove(workers, i)
            end
        end
        circle:changed(workers)
        assert.equal(second, circle:find(hash.spread("key"), 1)[1])
    end)

    it("moves keys only to or from a worker whose weight changes, and few others", function()
        local workers = fakes.workers(10)
        local before = owners(built(workers))
        workers[4].weight = 2
        local after, strays = owners(built(workers)), 0
        for i = 1, KEYS do
            if after[i] ~= before[i] and after[i] ~= workers[4] then
                strays = strays + 1
            end
        end
        assert.is_true(share(after, workers[4]) > 1.4 * share(before, workers[4]))
        assert.is_true(strays < KEYS / 10)
    end)

    it("leaves the lightest worker a point of its own", function()
        local workers = fakes.workers({ { weight = 0.01 }, { weight = 1000 } })
        local circle = built(workers)
        local seen = {}
        for _, point in ipairs(circle.points) do
            seen[point % 2^20 + 1] = true
        end
        assert.same({ true, true }, seen)
        assert.equal(2, #circle:find(1, 2))
    end)

    it("is empty without workers, before and after it had some", function()
        assert.same({}, ring.new():find(1, 2))
        local circle = built(fakes.workers(3))
        circle:find(1, 2)
        circle:changed({})
        assert.same({}, circle:find(1, 2))
    end)
end)
