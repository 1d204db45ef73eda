local registry = require("lab.registry")
local views = require("lab.views")

local KNOWN = registry.new({ f = { "a" }, g = { "a", "b" } })

describe("the views of a simulation", function()
    it("tell where functions and packages are warm", function()
        local state = { now = 5, tried = false }
        local workers, warm = views.workers({ { name = "w1" }, { name = "w2" } }, state, KNOWN)
        warm[workers[1]][KNOWN.functions.f.number] = 10
        assert.is_true(workers[1]:is_warm("f"))
        assert.is_false(workers[1]:is_warm("g"))
        assert.is_false(workers[1]:is_warm("unknown"))
        assert.is_false(workers[2]:is_warm("f"))
        assert.is_true(workers[1]:has("a"))
        assert.is_false(workers[1]:has("b"))
        state.now = 10
        assert.is_false(workers[1]:has("a"))
    end)

    it("count a worker as free that has room and was not tried", function()
        local state = { now = 0, tried = false }
        local worker = views.workers({ { name = "w1", capacity = 1 } }, state, KNOWN)[1]
        assert.is_true(worker:is_free())
        state.tried = { [worker] = true }
        assert.is_false(worker:is_free())
        state.tried, worker.inflight = false, 1
        assert.is_false(worker:is_free())
    end)

    it("have clients in networks of their own", function()
        local networks, count = {}, 0
        for _, client in ipairs(views.clients()) do
            local network = client:match("^(.*)%.")
            count = count + (networks[network] and 0 or 1)
            networks[network] = true
        end
        assert.equal(1000, count)
    end)

    it("have the fields of the gateway's and no others", function()
        local worker = views.workers({ { name = "w1" } }, {}, KNOWN)[1]
        assert.same({ "http://w1", 1, 2147483647 }, { worker.url, worker.weight, worker.capacity })
        assert.equal("worker w1", tostring(worker))
        assert.has_error(function() return worker.wieght end,
            'a worker has no field "wieght"; did you mean "weight"?')
        assert.has_error(function() return views.request().fnuc end,
            'the request has no field "fnuc"; did you mean "func"?')
    end)
end)
