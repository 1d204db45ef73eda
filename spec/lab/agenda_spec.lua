local agenda = require("lab.agenda")
local random = require("lab.random")

describe("an agenda", function()
    it("has nothing planned at first", function()
        assert.equal(math.huge, (select(2, agenda.new(3):first())))
    end)

    it("tells what comes first", function()
        local a = agenda.new(3)
        a:set(1, 30)
        a:set(2, 10)
        a:set(3, 20)
        assert.same({ 2, 10 }, { a:first() })
        a:set(2, 40)
        assert.same({ 3, 20 }, { a:first() })
        a:set(3, math.huge)
        assert.same({ 1, 30 }, { a:first() })
    end)

    it("prefers the lower number at the same time", function()
        local a = agenda.new(4)
        for i = 4, 1, -1 do
            a:set(i, 5)
        end
        assert.same({ 1, 5 }, { a:first() })
    end)

    it("agrees with looking through all, whatever is set", function()
        local a, times, stream = agenda.new(20), {}, random.new(1)
        for i = 1, 20 do
            times[i] = math.huge
        end
        for _ = 1, 5000 do
            local thing, time = stream:integer(20), stream:integer(50)
            a:set(thing, time)
            times[thing] = time
            local best = 1
            for i = 2, 20 do
                best = times[i] < times[best] and i or best
            end
            assert.same({ best, times[best] }, { a:first() })
        end
    end)
end)
