local registry = require("lab.registry")
local settings = require("lab.settings")
local sites = require("lab.sites")

describe("the sites of a simulation", function()
    it("share the machines that the preset says", function()
        local model = settings.from({ cores = 3 })
        local workers = { "v1", "v2", "v3" }
        local list, machines = sites.build({
            workers = { { name = "a", machine = 1, settings = model },
                { name = "b", machine = 2, settings = model },
                { name = "c", machine = 1, settings = model } },
            registry = registry.new({}), seed = 1,
        }, workers, { v1 = "warm 1" })
        assert.equal(2, #machines)
        assert.equal(list[1].machine, list[3].machine)
        assert.not_equal(list[1].machine, list[2].machine)
        assert.same({ "v1", "warm 1", 1 }, { list[1].worker, list[1].warm, list[3].machine_number })
        assert.equal(list[2], sites.by_worker(list).v2)
        assert.equal(list[2].model, sites.by_worker(list, "model").v2)
    end)
end)
