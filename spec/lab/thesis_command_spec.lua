local command = require("lab.command")
local scratch = require("scratch")
local text_table = require("lab.table")

local function run(...)
    local said = {}
    local stream = { write = function(_, ...) said[#said + 1] = table.concat({ ... }) end }
    local code = command.main({ "thesis", ... }, {
        out = stream, err = stream, clock = os.clock, date = os.date,
        is_interrupted = function() return false end,
    })
    return code, table.concat(said)
end

describe("picket lab thesis", function()
    it("shows each experiment in at most 100 columns", function()
        local code, text = run("--seeds", "2")
        assert.equal(0, code)
        for _, title in ipairs({ "One request at a time", "Under load", "The threshold",
            "A machine for each worker" }) do
            assert.truthy(text:find(title, 1, true))
        end
        for line in text:gmatch("[^\n]+") do
            assert.is_true(text_table.width(line) <= 100, line)
        end
        assert.truthy(text:find(" 13.16 s ", 1, true)) -- what was measured
    end)

    it("refuses what it does not know, and folders without the measurements", function()
        assert.equal(2, (run("--seed", "2")))
        local place = scratch.new()
        local code, message = run("--measured", place.directory)
        assert.equal(1, code)
        assert.matches("registry_100_5.json", message)
        place.write("registry_100_5.json", '[{"handle": "f", "pkgs": []}]')
        code, message = run("--measured", place.directory)
        place.remove()
        assert.equal(1, code)
        assert.matches("sync%-.*%.log", message)
    end)
end)
