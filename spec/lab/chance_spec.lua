local chance = require("lab.chance")
local settings = require("lab.settings")

local function new(given, name)
    return chance.new(assert(settings.from(given)), 1, name or "w1")
end

describe("chance at a worker", function()
    it("leaves alone what no setting makes uncertain", function()
        local luck = new({ call = 0.1 })
        assert.equal(100, luck:work(false))
        assert.equal(33, luck:work(33))
        assert.is_false(luck:fails())
        assert.equal(math.huge, luck:next_crash(0))
    end)

    it("slows its share of the calls by its factor", function()
        local luck, slow = new({ call = 0.1, stragglers = 0.1, straggler_factor = 20 }), 0
        for _ = 1, 5000 do
            local work = luck:work(50)
            assert.is_true(work == 50 or work == 1000)
            slow = slow + (work == 1000 and 1 or 0)
        end
        assert.near(500, slow, 80)
    end)

    it("fails its share of the calls", function()
        local luck, failed = new({ failures = 0.25 }), 0
        for _ = 1, 4000 do
            failed = failed + (luck:fails() and 1 or 0)
        end
        assert.near(1000, failed, 100)
    end)

    it("crashes at a time, or now and then, or both", function()
        assert.equal(5000, new({ crash_at = 5 }):next_crash(0))
        assert.equal(math.huge, new({ crash_at = 5 }):next_crash(5001))
        local luck, now = new({ crash_every = 60 }), 0
        for _ = 1, 1000 do
            now = luck:next_crash(now)
        end
        assert.near(60000, now / 1000, 6000)
        assert.equal(0, new({ crash_every = 1e6, crash_at = 0 }):next_crash(0))
    end)

    it("crashes at the same times whatever the worker does", function()
        local idle, busy = new({ crash_every = 60, stragglers = 0.5 }),
            new({ crash_every = 60, stragglers = 0.5 })
        for _ = 1, 10 do
            busy:work(1)
        end
        assert.equal(idle:next_crash(0), busy:next_crash(0))
        assert.not_equal(idle:next_crash(0), new({ crash_every = 60 }, "w2"):next_crash(0))
    end)
end)
