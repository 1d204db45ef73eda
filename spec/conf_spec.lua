local config = require("gateway.config")
local files = require("gateway.files")
local options = require("gateway.options")
local registry = require("gateway.registry")
local where = require("gateway.where")

-- What the example shows in use, and says so.
local SHOWN = { admin = true, registry = true, workers = true }

describe("conf/scheduler.lua", function()
    local path = "conf/scheduler.lua"

    it("loads", function()
        assert(config.load(path))
    end)

    it("has every option, on a line of its own", function()
        local line_of = where.finder(assert(files.read(path)))
        local lines = {}
        for _, section in ipairs(options.sections) do
            local inside = section.name:gsub("%[%]", "[3]"):gsub("routes%[3%]", "routes[2]")
                :gsub("{}", "")
            for _, row in ipairs(section) do
                local line = line_of(where.join(inside, row.key))
                assert.is_not_nil(line, row.name)
                assert.is_true(section.name == "routes[]" or not lines[line], row.name)
                lines[line] = row.name
            end
        end
    end)

    it("sets every option to its default unless it says otherwise", function()
        local given = assert(loadfile(path))()
        for _, section in ipairs(options.sections) do
            for _, row in ipairs(section.name:find("%[%]$") and {} or section) do
                if not SHOWN[row.key] or section.name ~= "" then
                    local part = section.name == "" and given or given[section.name:gsub("{}", "")]
                    assert.same(row.default, part[row.key], row.name)
                end
            end
        end
    end)

    it("comes with a registry that loads", function()
        local conf = assert(config.load(path))
        assert.is_true(#assert(registry.load(conf.registry)).functions > 0)
    end)
end)

describe("conf/minimal.lua", function()
    local path = "conf/minimal.lua"

    it("loads", function()
        assert.equal(2, #assert(config.load(path)).workers)
    end)

    it("has ten lines", function()
        assert.equal(10, select(2, assert(files.read(path)):gsub("\n", "")))
    end)
end)
