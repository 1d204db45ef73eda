local idle_pool = require("lab.idle_pool")
local random = require("lab.random")

describe("a pool of idle sandboxes", function()
    it("finds the one of a function that was used last", function()
        local pool = idle_pool.new()
        local first, second = pool:allocate(7, 128), pool:allocate(7, 128)
        pool:add(1, first)
        pool:add(2, second)
        assert.equal(second, pool:find(7))
        pool:remove(second)
        assert.equal(first, pool:find(7))
        pool:remove(first)
        assert.equal(0, pool:find(7))
    end)

    it("knows them by age", function()
        local pool = idle_pool.new()
        local first, second = pool:allocate(1, 64), pool:allocate(2, 128)
        pool:add(1, first)
        pool:add(2, second)
        assert.same({ first, second, 0 },
            { pool:oldest(), pool:next(first), pool:next(second) })
        assert.same({ 1, 64, 1 }, { pool:since(first), pool:memory(first), pool:func(first) })
    end)

    it("uses the places of those that ended again", function()
        local pool = idle_pool.new()
        local first = pool:allocate(1, 128)
        pool:free(first)
        assert.equal(first, pool:allocate(2, 128))
    end)

    -- More than there are places at first, and functions that share buckets.
    it("agrees with lists, whatever happens", function()
        local pool, lists, stream, busy = idle_pool.new(), {}, random.new(1), {}
        for func = 1, 40 do
            lists[func] = {}
        end
        for now = 1, 5000 do
            local func = stream:integer(40)
            local list = lists[func]
            assert.equal(list[#list] or 0, pool:find(func))
            if #list > 0 and stream:uniform() < 0.4 then
                local sandbox = table.remove(list)
                pool:remove(sandbox)
                table.insert(busy, sandbox)
            elseif #busy > 0 and stream:uniform() < 0.7 then
                local sandbox = table.remove(busy)
                table.insert(lists[pool:func(sandbox)], sandbox)
                pool:add(now, sandbox)
            else
                table.insert(busy, pool:allocate(func, 128))
            end
        end
    end)
end)
