local sandboxes = require("lab.sandboxes")

local f, g, h = 1, 2, 3 -- functions

local function call(pool, now, func, memory)
    local sandbox, was_warm = pool:take(now, func, memory or 1, 10)
    pool:give(now, sandbox)
    return was_warm
end

describe("a worker's sandboxes", function()
    it("are cold the first time and warm the next", function()
        local pool = sandboxes.new({})
        assert.is_false(call(pool, 0, f))
        assert.is_true(call(pool, 1, f))
        assert.is_false(call(pool, 2, g))
        assert.equal(2, pool.starts)
    end)

    it("run one request at a time", function()
        local pool = sandboxes.new({})
        call(pool, 0, f)
        local first, was_warm = pool:take(1, f, 1, 10)
        assert.is_true(was_warm)
        local second
        second, was_warm = pool:take(1, f, 1, 10)
        assert.is_false(was_warm)
        assert.not_equal(first, second)
    end)

    it("go cold when their time is over", function()
        local pool = sandboxes.new({ keep_alive = 100 })
        call(pool, 0, f)
        assert.is_true(pool:is_warm(99, f))
        assert.is_false(pool:is_warm(100, f))
        assert.equal(0, pool.memory)
        assert.equal(1, pool.expiries)
    end)

    it("are kept by being used", function()
        local pool = sandboxes.new({ keep_alive = 100 })
        for now = 0, 900, 90 do
            call(pool, now, f)
        end
        assert.equal(1, pool.starts)
    end)

    it("are not kept at all with a time of 0", function()
        local pool = sandboxes.new({ keep_alive = 0 })
        assert.is_false(call(pool, 0, f))
        assert.is_false(call(pool, 0, f))
    end)

    it("make room from the one that was idle longest", function()
        local pool = sandboxes.new({ memory = 2 })
        call(pool, 0, f)
        call(pool, 1, g)
        call(pool, 2, f)
        call(pool, 3, h)
        assert.is_true(pool:is_warm(4, f))
        assert.is_false(pool:is_warm(4, g))
        assert.equal(2, pool.memory)
    end)

    it("refuse when all memory is in use", function()
        local pool = sandboxes.new({ memory = 2 })
        pool:take(0, f, 2, 10)
        assert.is_nil(pool:take(0, g, 1, 10))
    end)

    it("run what is larger than the memory when it is alone", function()
        local pool = sandboxes.new({ memory = 2 })
        assert.is_false(call(pool, 0, f, 5))
        assert.is_nil((function()
            pool:take(0, f, 5, 10)
            return pool:take(0, g, 1, 10)
        end)())
    end)

    it("make room from the function worth least with greedy dual", function()
        local pool = sandboxes.new({ memory = 2, evict = "greedy_dual" })
        call(pool, 0, f)
        call(pool, 1, f)
        call(pool, 2, g)
        call(pool, 3, h)
        assert.is_true(pool:is_warm(4, f))
        assert.is_false(pool:is_warm(4, g))
    end)

    it("make room with greedy dual after all memory was in use", function()
        local pool = sandboxes.new({ memory = 1, evict = "greedy_dual" })
        local only = pool:take(0, f, 1, 10)
        assert.is_nil(pool:take(1, g, 1, 10))
        pool:give(2, only)
        for _, func in ipairs({ g, f, h }) do
            local sandbox = pool:take(3, func, 1, 10)
            assert.is_not_nil(sandbox)
            pool:give(4, sandbox)
        end
    end)
end)
