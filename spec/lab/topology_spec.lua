local topology = require("lab.topology")

describe("a topology", function()
    it("gives each worker a machine of its own, or shares so many", function()
        local own = topology.workers(3, { model = "thesis2018" })
        assert.same({ 1, 2, 3 }, { own[1].machine, own[2].machine, own[3].machine })
        local shared = topology.workers(3, { model = "thesis2018", machines = 2 })
        assert.same({ 1, 2, 1 }, { shared[1].machine, shared[2].machine, shared[3].machine })
    end)

    it("calls workers by addresses and lets each have its speed", function()
        local workers = topology.workers(2, { model = "openlambda", speeds = { 1, 0.5 } })
        assert.equal("127.0.0.1:9082", workers[2].name)
        assert.has_error(function() topology.workers(1, { model = "nope" }) end,
            'no worker model is called "nope"; a path has a slash or a dot')
        assert.same({ 1, 0.5 }, { workers[1].settings.speed, workers[2].settings.speed })
    end)
end)
