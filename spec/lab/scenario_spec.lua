local scenario = require("lab.scenario")
local scratch = require("scratch")

describe("a scenario", function()
    local place
    before_each(function() place = scratch.new() end)
    after_each(function() place.remove() end)

    it("is the preset when nothing is replaced", function()
        local made = scenario.load({ preset = "thesis2018" })
        assert.equal(1493, made.requests)
        assert.equal(100, #made.registry(1).names)
    end)

    it("takes its functions from a registry", function()
        local made = scenario.load({ registry = place.write("registry.json", '[{"handle": "f"}]') })
        assert.same({ 0, "f" }, { made.workload(made.registry(1), 1)() })
    end)

    it("refuses a registry without functions", function()
        local path = place.write("registry.json", "[]")
        assert.equal(path .. ": no function in it",
            select(2, scenario.load({ registry = path })))
    end)

    it("takes its requests from a trace, whose functions have no packages", function()
        local made = scenario.load({ trace = place.write("trace", "func,start_ms\nf,1\ng,2\n") })
        assert.equal(2, made.requests)
        assert.same({}, made.registry(1).functions.g.packages)
        assert.same({ 0, "f" }, { made.workload(made.registry(1), 1)() })
    end)

    it("stops after so many requests", function()
        local made = scenario.load({ preset = "thesis2018", requests = 2 })
        assert.equal(2, made.requests)
        local next_request = made.workload(made.registry(1), 1)
        assert.is_number(next_request())
        assert.is_number(next_request())
        assert.is_nil(next_request())
        assert.equal(1493, scenario.load({ requests = 5000 }).requests)
    end)

    it("says what a folder lacks to be Azure's trace of 2019", function()
        local _, message = scenario.load({ trace = "/tmp" })
        assert.equal("/tmp: a folder without invocations_per_function_md.anon.d01.csv", message)
    end)

    it("tells of requests that a log of Pipbench lacks", function()
        local lines = {}
        for i = 1, 40 do
            lines[#lines + 1] = i ~= 7 and ("[2018-08-04T22:00:%02d.500000] handler: f status: 200"
                .. " in: 100 ms"):format(i) or nil
        end
        local made = scenario.load({
            trace = place.write("trace", table.concat(lines, "\n") .. "\n"),
        })
        assert.equal(40, made.requests)
        assert.truthy(made.note:find("lacks 1 requests", 1, true))
    end)

    it("needs every function of a trace in its registry", function()
        local _, message = scenario.load({ trace = place.write("trace", "func,start_ms\nf,1\n"),
            registry = place.write("registry.json", '[{"handle": "g"}]') })
        assert.truthy(message:find("calls f, which is not in", 1, true))
    end)

    it("passes on what is wrong with a file", function()
        assert.is_nil((scenario.load({ preset = "nosuch" })))
        assert.is_nil((scenario.load({ registry = "/no/file" })))
        assert.is_nil((scenario.load({ trace = "/no/file" })))
    end)

    it("leaves the preset itself as it was", function()
        scenario.load({ trace = place.write("trace", "func,start_ms\nf,1\n") })
        assert.equal(1493, scenario.load({}).requests)
    end)
end)
