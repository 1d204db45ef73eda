local compare = require("lab.compare")
local facts = require("lab.thesis_facts")
local registry = require("lab.registry")
local thesis = require("lab.thesis")

local function run(experiment, label)
    for _, policy in ipairs(experiment.policies) do
        if policy.label == label then
            return compare.run(experiment.scenario, { policy }, 1, function() return true end)[1]
                .outcomes[1]
        end
    end
end

describe("the experiments of the thesis", function()
    local experiments = thesis.experiments()

    it("have a title, a text, and facts only of policies that they run", function()
        for _, experiment in ipairs(experiments) do
            local labels = {}
            for _, policy in ipairs(experiment.policies) do
                labels[policy.label] = true
            end
            assert.is_true(#experiment.title > 0 and #experiment.text > 50)
            for label in pairs(experiment.facts or {}) do
                assert.is_true(labels[label], label)
            end
            for label in pairs(facts.logs[experiment.name] or {}) do
                assert.is_true(labels[label], label)
            end
        end
    end)

    it("ask one after the other for 300 s", function()
        local outcome = run(experiments[1], "least_loaded,ties=first")
        assert.equal(outcome.sent, outcome.completed)
        assert.near(300e3, outcome.mean_ms * outcome.completed, 60e3)
        assert.near(facts.sequential["least_loaded,ties=first"].completed, outcome.completed, 50)
    end)

    it("send 1,493 requests in 300 s", function()
        assert.equal(1493, run(experiments[2], "package_aware,candidates=2018").completed)
    end)

    it("vary the threshold", function()
        assert.equal(#experiments[3].vary.values, #experiments[3].policies)
        assert.equal(5, experiments[3].policies[1].options.load_threshold)
    end)

    it("give each worker a machine, in the end", function()
        local workers = experiments[4].scenario.workers()
        assert.equal(5, workers[5].machine)
        assert.equal(1, experiments[2].scenario.workers()[5].machine)
    end)

    it("use the functions that they are given", function()
        local known = registry.new({ only = {} })
        assert.equal(known, thesis.experiments(known)[2].scenario.registry(1))
    end)
end)
