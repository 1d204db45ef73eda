local cjson = require("cjson")
local compare = require("lab.compare")
local exports = require("lab.exports")
local scenario = require("lab.scenario")

describe("an export", function()
    local policies = compare.run(scenario.load({}),
        { compare.parse_policy("package_aware,load_threshold=50") }, 2,
        function() return true end)

    it("has everything as JSON", function()
        local read = cjson.decode(exports.json(policies)).policies[1]
        assert.equal("package_aware,load_threshold=50", read.policy)
        assert.equal(1493, read.runs[2].completed)
        assert.equal(5, #read.runs[1].served)
        assert.equal(5, #read.workers.busy_ms)
        assert.near((read.runs[1].mean_ms + read.runs[2].mean_ms) / 2, read.means.mean_ms.mean,
            1e-6)
    end)

    it("says what was run, and how the others differ from the first", function()
        local others = compare.run(scenario.load({}), { compare.parse_policy("round_robin"),
            compare.parse_policy("package_aware") }, 2, function() return true end)
        local read = cjson.decode(exports.json(others, { seeds = "1 to 2" }))
        assert.equal("1 to 2", read.run.seeds)
        assert.is_nil(read.policies[1].against_first)
        assert.is_true(read.policies[2].against_first.mean_ms < 0)
    end)

    it("has a row for each run as CSV, with commas quoted", function()
        local lines = {}
        for line in exports.csv(policies):gmatch("[^\n]+") do
            lines[#lines + 1] = line
        end
        assert.equal(3, #lines)
        assert.truthy(lines[1]:find("^policy,seed,sent,completed"))
        assert.truthy(lines[3]:find('^"package_aware,load_threshold=50",2,1493,1493,0,0'))
    end)
end)
