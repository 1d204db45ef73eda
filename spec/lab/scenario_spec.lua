local scenario = require("lab.scenario")

local files = {}

local function file_with(text)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    files[#files + 1] = path
    return path
end

describe("a scenario", function()
    after_each(function()
        for _, path in ipairs(files) do
            os.remove(path)
        end
        files = {}
    end)

    it("is the preset when nothing is replaced", function()
        local made = scenario.load({ preset = "thesis2018" })
        assert.equal(1493, made.requests)
        assert.equal(100, #made.registry(1).names)
    end)

    it("takes its functions from a registry", function()
        local made = scenario.load({ registry = file_with('[{"handle": "f"}]') })
        assert.same({ 0, "f" }, { made.workload(made.registry(1), 1)() })
    end)

    it("takes its requests from a trace, whose functions have no packages", function()
        local made = scenario.load({ trace = file_with("func,start_ms\nf,1\ng,2\n") })
        assert.equal(2, made.requests)
        assert.same({}, made.registry(1).functions.g.packages)
        assert.same({ 0, "f" }, { made.workload(made.registry(1), 1)() })
    end)

    it("needs every function of a trace in its registry", function()
        local _, message = scenario.load({ trace = file_with("func,start_ms\nf,1\n"),
            registry = file_with('[{"handle": "g"}]') })
        assert.truthy(message:find("calls f, which is not in", 1, true))
    end)

    it("passes on what is wrong with a file", function()
        assert.is_nil((scenario.load({ preset = "nosuch" })))
        assert.is_nil((scenario.load({ registry = "/no/file" })))
        assert.is_nil((scenario.load({ trace = "/no/file" })))
    end)

    it("leaves the preset itself as it was", function()
        scenario.load({ trace = file_with("func,start_ms\nf,1\n") })
        assert.equal(1493, scenario.load({}).requests)
    end)
end)
