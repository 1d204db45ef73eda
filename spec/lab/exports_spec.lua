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
