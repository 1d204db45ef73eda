local requests = require("lab.requests")

describe("a request at a worker", function()
    it("begins anew each time", function()
        local request, worker = requests.new(), { settings = { memory = 128 } }
        request.callee = { number = 3, install_order = { "a" } }
        request.missing, request.cold, request.cost = 2, true, 55
        requests.begin(request, 10, worker)
        assert.same({ 10, 0, false, 0, 3, 128 }, { request.arrived, request.missing, request.cold,
            request.cost, request.number, request.memory })
        request.callee.memory = 64
        requests.begin(request, 20, worker)
        assert.equal(64, request.memory)
    end)
end)
