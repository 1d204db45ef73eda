local job_heap = require("lab.job_heap")
local random = require("lab.random")

describe("a heap of jobs", function()
    it("gives the first one, of equal ones the first that came", function()
        local heap = job_heap.new()
        heap:push(20, "a")
        heap:push(10, "b")
        heap:push(20, "c")
        assert.equal(10, heap:first())
        assert.same({ "b", "a", "c", 0 }, { heap:pop(), heap:pop(), heap:pop(), heap.count })
    end)

    it("leaves out whom it is told to", function()
        local heap = job_heap.new()
        for i = 1, 20 do
            heap:push(i % 7, i)
        end
        heap:drop(function(job) return job % 2 == 0 end)
        assert.equal(10, heap.count)
        assert.same({ 7, 1, 15, 9, 3, 17, 11, 5, 19, 13 }, { heap:pop(), heap:pop(), heap:pop(),
            heap:pop(), heap:pop(), heap:pop(), heap:pop(), heap:pop(), heap:pop(), heap:pop() })
    end)

    it("agrees with sorting, whatever comes", function()
        local heap, stream, before = job_heap.new(), random.new(1), -1
        for _ = 1, 500 do
            local finish = stream:integer(100)
            heap:push(finish, finish)
        end
        while heap.count > 0 do
            local finish, job = heap:first(), heap:pop()
            assert.equal(finish, job)
            assert.is_true(finish >= before)
            before = finish
        end
    end)
end)
