local fakes = require("picket.fakes")
local turns = require("picket.turns")

local function names(order, workers, count)
    local found = {}
    for i = 1, count do
        local worker = order:next(workers)
        found[i] = worker and worker.name or "-"
    end
    return table.concat(found, " ")
end

local function started(workers)
    local order = turns.new()
    order:changed(workers)
    return order
end

describe("picket.turns", function()
    it("interleaves weights 5, 1, 1 as nginx does", function()
        local workers = fakes.workers({
            { name = "a", weight = 5 }, { name = "b" }, { name = "c" },
        })
        assert.equal("a a b a c a a a a b a c a a", names(started(workers), workers, 14))
    end)

    it("passes over who is not free, and owes it nothing for that", function()
        local workers = fakes.workers(3)
        local order = started(workers)
        workers[2].tried = true
        assert.equal("w1 w3 w1 w3", names(order, workers, 4))
        workers[2].tried = false
        assert.equal("w1 w2 w3 w1 w2 w3", names(order, workers, 6))
    end)

    it("has nobody when nobody is free", function()
        local workers = fakes.workers(2, { capacity = 0 })
        assert.is_nil(started(workers):next(workers))
        assert.is_nil(turns.new():next({}))
    end)

    it("keeps the place in the round of those who stay", function()
        local workers = fakes.workers(4)
        local order = started(workers)
        assert.equal("w1 w2", names(order, workers, 2))
        table.remove(workers, 1)
        order:changed(workers)
        assert.equal("w3 w4 w2", names(order, workers, 3))
    end)

    it("owes nobody a long run when most workers leave", function()
        local workers = fakes.workers(1000)
        local order = started(workers)
        names(order, workers, 500)
        local left = { workers[1], workers[999] }
        order:changed(left)
        local run = names(order, left, 20):gsub("[^ ]+ ?", { ["w1 "] = "1", ["w999 "] = "9" })
        assert.is_nil(run:find("1111") or run:find("9999"))
    end)

    it("gives a newcomer its share, not a backlog", function()
        local workers = fakes.workers(2)
        local order = started(workers)
        names(order, workers, 1001)
        workers[3] = fakes.worker({ name = "new" })
        order:changed(workers)
        local _, count = names(order, workers, 30):gsub("new", "")
        assert.is_true(count >= 9 and count <= 11)
    end)

    it("starts afresh after all workers were gone", function()
        local workers = fakes.workers(3)
        local order = started(workers)
        names(order, workers, 2)
        order:changed({})
        assert.is_nil(order:next({}))
        order:changed(workers)
        assert.equal("w1 w2 w3", names(order, workers, 3))
    end)
end)
