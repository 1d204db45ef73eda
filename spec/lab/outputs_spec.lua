local cjson = require("cjson")
local comparison = require("comparison")
local outputs = require("lab.outputs")
local scratch = require("scratch")

local WORLD = { version = "1.2.3", date = function() return "2026-11-23 12:00" end }

describe("the outputs of a comparison", function()
    local place
    before_each(function() place = scratch.new() end)
    after_each(function() place.remove() end)

    it("say what was run", function()
        local facts = outputs.facts({ name = "compare", arguments = { "--label", "it's", "--x=1" },
            workload = "w", requests = 5, seeds = 3,
            policies = { { text = "a" }, { text = "b,c=1" } } }, WORLD)
        local by_name = {}
        for _, fact in ipairs(facts) do
            by_name[fact[1]] = fact[2]
        end
        assert.equal("picket lab compare --label 'it'\\''s' --x=1", by_name.command)
        assert.equal("a; b,c=1", by_name.policies)
        assert.equal("1 to 3", by_name.seeds)
        assert.equal("picket 1.2.3, 2026-11-23 12:00", by_name["made by"])
    end)

    it("are files", function()
        local options = { json = place.path("a.json"), csv = place.path("a.csv"),
            report = place.path("a.html") }
        local policies = comparison.run({ "random" }, 1)
        assert(outputs.write({ policies = policies, title = "t", facts = { { "made by", "me" } },
            parts = {} }, options, { library = "", licence = "", script = "", style = "" }))
        local function read(path)
            local file = assert(io.open(path))
            local text = file:read("*a")
            file:close()
            return text
        end
        assert.equal("me", cjson.decode(read(options.json)).run.made_by)
        assert.matches("^policy,seed", read(options.csv))
        assert.matches("^<!DOCTYPE html>", read(options.report))
    end)

    it("are refused before the work is done", function()
        assert.matches("/no/such", select(2, outputs.prepare({ json = "/no/such/file" }, WORLD)))
        assert.matches("chart library",
            select(2, outputs.prepare({ report = place.path("a.html") }, WORLD)))
        assert.is_nil(io.open(place.path("a.html")))
        assert.is_table((outputs.prepare({}, WORLD)))
        assert.is_table((outputs.prepare({ json = place.path("a.json") }, WORLD)))
        assert.is_nil(io.open(place.path("a.json"))) -- nothing is left behind before there is any
    end)
end)
