local machine = require("lab.machine")
local random = require("lab.random")

-- Everything that ends by `now`, as { job, time, job, time, ... }.
local function ends(m, now)
    local list = {}
    local job, at = m:take(now)
    while job do
        list[#list + 1] = job
        list[#list + 1] = at
        job, at = m:take(now)
    end
    return list
end

describe("a machine", function()
    it("has no next event while it is idle", function()
        assert.equal(math.huge, machine.new(1):next_event())
        assert.is_nil(machine.new(1):take(1000))
    end)

    it("runs a job alone at full speed", function()
        local m = machine.new(4)
        m:add(10, 100, "a")
        assert.equal(110, m:next_event())
        assert.is_nil(m:take(109.9))
        assert.same({ "a", 110 }, ends(m, 110))
    end)

    it("gives no job more than one core", function()
        local m = machine.new(4)
        m:add(0, 100, "a")
        m:add(0, 50, "b")
        assert.same({ "b", 50, "a", 100 }, ends(m, 1000))
    end)

    it("shares its cores evenly when there are more jobs", function()
        local m = machine.new(1)
        m:add(0, 100, "a")
        m:add(0, 50, "b") -- both at half speed: b ends at 100, a has 50 left
        assert.same({ "b", 100, "a", 150 }, ends(m, 1000))
    end)

    it("slows down what runs when another job comes", function()
        local m = machine.new(1)
        m:add(0, 100, "a")
        m:add(60, 100, "b") -- a has 40 left, which takes 80 ms; b then has 60 left
        assert.same({ "a", 140, "b", 200 }, ends(m, 1000))
    end)

    it("shares fractions of cores", function()
        local m = machine.new(2.5)
        for i = 1, 5 do
            m:add(0, 10, i)
        end
        assert.same({ 1, 20, 2, 20, 3, 20, 4, 20, 5, 20 }, ends(m, 20))
    end)

    it("has a core for everyone when it has any number", function()
        local m = machine.new(math.huge)
        for i = 1, 100 do
            m:add(0, i, i)
        end
        local list = ends(m, 100)
        assert.equal(200, #list)
        assert.equal(100, list[200])
        assert.equal(0, m:utilization())
    end)

    it("ends equal jobs in the order in which they started", function()
        local m = machine.new(1)
        for i = 1, 20 do
            m:add(5, 7, i)
        end
        local list = ends(m, 1000)
        for i = 1, 20 do
            assert.equal(i, list[2 * i - 1])
        end
    end)

    it("ends a job of no work at once", function()
        local m = machine.new(1)
        m:add(3, 0, "a")
        assert.equal(3, m:next_event())
        assert.same({ "a", 3 }, ends(m, 3))
    end)

    it("counts the work done and the share of cores in use", function()
        local m = machine.new(2)
        m:add(0, 100, "a")
        assert.equal(0.5, m:utilization())
        m:add(0, 100, "b")
        m:add(0, 100, "c")
        assert.equal(1, m:utilization())
        ends(m, 1000)
        assert.near(300, m.busy, 1e-9)
        assert.equal(0, m:utilization())
    end)

    it("gives up the jobs of one owner and speeds up the rest", function()
        local m = machine.new(1)
        for i = 1, 4 do
            m:add(0, 100, i)
        end
        m:drop(40, function(job) return job % 2 == 0 end) -- 90 left of each, at half speed from now
        assert.same({ 1, 220, 3, 220 }, ends(m, 1000))
    end)

    it("loses no work over many jobs", function()
        local m, stream, total, taken = machine.new(3), random.new(1), 0, 0
        local now = 0
        for i = 1, 100000 do
            local work = stream:exponential(25)
            now = now + stream:exponential(10)
            while m:take(now) do
                taken = taken + 1
            end
            m:add(now, work, i)
            total = total + work
        end
        while m:take(math.huge) do
            taken = taken + 1
        end
        assert.equal(100000, taken)
        assert.near(1, m.busy / total, 1e-9)
    end)

    it("has the mean response time of an M/G/1 queue with processor sharing", function()
        -- mean work / (1 - load), whatever the distribution of the work
        local m, stream, sum, now = machine.new(1), random.new(4), 0, 0
        local function collect(to)
            local started, at = m:take(to)
            while started do
                sum = sum + at - started
                started, at = m:take(to)
            end
        end
        for _ = 1, 200000 do
            now = now + stream:exponential(20)
            collect(now)
            m:add(now, stream:uniform() < 0.5 and 5 or 15, now)
        end
        collect(math.huge)
        assert.near(20, sum / 200000, 0.4)
    end)
end)
