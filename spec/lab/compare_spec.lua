local compare = require("lab.compare")
local registry = require("lab.registry")
local report = require("lab.report")
local topology = require("lab.topology")
local workload = require("lab.workload")

local PRESET = {
    workers = function() return topology.workers(3, { model = "thesis2018" }) end,
    registry = function() return registry.new({ f = { "a" }, g = {} }) end,
    workload = function(known, seed) return workload.uniform(known, seed, 50, 300) end,
}

local function run(texts, seeds, on_progress)
    local policies = {}
    for i, text in ipairs(texts) do
        policies[i] = assert(compare.parse_policy(text))
    end
    return compare.run(PRESET, policies, seeds, on_progress or function() return true end)
end

describe("a comparison", function()
    it("reads policies with their options", function()
        local policy = compare.parse_policy("package_aware,load_threshold=50,x=true,y=z")
        assert.equal("package_aware", policy.name)
        assert.same({ load_threshold = 50, x = true, y = "z" }, policy.options)
        assert.is_nil((compare.parse_policy("a,b")))
        assert.is_nil((compare.parse_policy("")))
    end)

    it("takes a number for a text where the policy wants one", function()
        assert.is_table((run({ "package_aware,candidates=2018" }, 1)))
    end)

    it("runs every policy with every seed, on the same requests", function()
        local policies, is_whole = run({ "round_robin", "least_loaded" }, 3)
        assert.is_true(is_whole)
        assert.equal(3, #policies[2].outcomes)
        assert.equal(300, policies[1].outcomes[3].completed)
        local again = run({ "round_robin" }, 1)
        assert.equal(again[1].outcomes[1].mean_ms, policies[1].outcomes[1].mean_ms)
    end)

    it("stops when it is told to, with what it has", function()
        local policies, is_whole = run({ "round_robin", "random" }, 2, function(done)
            return done < 400
        end)
        assert.is_false(is_whole)
        assert.is_table(policies)
    end)

    it("names a policy that cannot be loaded", function()
        local _, message = run({ "nosuch" }, 1)
        assert.truthy(message:find("nosuch", 1, true))
        _, message = run({ "round_robin,color=red" }, 1)
        assert.truthy(message:find("color", 1, true))
    end)

    it("keeps what a report draws: latencies of all seeds, details of the first", function()
        local policies = run({ "round_robin" }, 2)
        assert.equal(600, policies[1].latency.count)
        assert.is_nil(policies[1].details)
        policies = compare.run(PRESET, { compare.parse_policy("random") }, 2,
            function() return true end, true)
        local calls = 0
        for _, sample in pairs(policies[1].details.samples.of) do
            calls = calls + sample.seen
        end
        assert.equal(300, calls)
    end)

    it("ends a run where the preset says so", function()
        local preset = setmetatable({
            is_over = function(record) return record.completed == 7 end,
        }, { __index = PRESET })
        local policies = compare.run(preset, { compare.parse_policy("random") }, 1,
            function() return true end)
        assert.equal(7, policies[1].outcomes[1].completed)
    end)

    it("is reported as a table with what to make of it", function()
        local text = table.concat(report.lines((run({ "round_robin", "round_robin" }, 2))), "\n")
        assert.truthy(text:find("± 95 %", 1, true))
        assert.truthy(text:find("not distinguishable", 1, true))
        text = table.concat(report.lines((run({ "random", "round_robin" }, 1))), "\n")
        assert.truthy(text:find("one run", 1, true))
    end)
end)
