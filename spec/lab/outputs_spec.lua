local cjson = require("cjson")
local comparison = require("comparison")
local files = require("gateway.files")
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
        local content = { policies = policies, title = "t", facts = { { "made by", "me" } },
            parts = {} }
        local world = { share = place.directory }
        os.execute("mkdir " .. place.path("charts"))
        place.write("charts/plotly.min.js", "library")
        place.write("charts/LICENSE", "licence")
        assert.equal(0, (outputs.produce(options, world, function(assets)
            return outputs.forms(content, assets)
        end)))
        assert.equal("me", cjson.decode((files.read(options.json))).run.made_by)
        assert.matches("^policy,seed", files.read(options.csv))
        assert.matches("^<!DOCTYPE html>", files.read(options.report))
    end)

    it("are refused before the work is done", function()
        local function refusal(options)
            local code, message = outputs.produce(options, WORLD, error)
            assert.equal(1, code)
            return message
        end
        assert.matches("/no/such", refusal({ json = "/no/such/file" }))
        assert.matches("chart library", refusal({ report = place.path("a.html") }))
        assert.is_nil(io.open(place.path("a.html")))
    end)

    it("are left alone by work that comes to nothing", function()
        local options = { json = place.path("a.json") }
        assert.same({ 130, "interrupted" }, { outputs.produce(options, WORLD, function()
            return nil, "interrupted", 130
        end) })
        assert.same({ 1, "no" }, { outputs.produce(options, WORLD, function()
            return nil, "no"
        end) })
        assert.is_nil(io.open(place.path("a.json")))
        assert.equal(0, (outputs.produce({}, WORLD, function() return {} end)))
    end)
end)
