local options = require("gateway.options")
local types = require("gateway.types")

local function each_row(visit)
    for _, section in ipairs(options.sections) do
        for _, row in ipairs(section) do
            visit(row, section)
        end
    end
end

describe("gateway.options", function()
    it("names every option once", function()
        local seen = {}
        each_row(function(row)
            assert.is_nil(seen[row.name], row.name)
            seen[row.name] = true
        end)
    end)

    it("gives every option a known type and a sentence", function()
        each_row(function(row)
            assert.is_table(types[row.type], row.name)
            assert.is_truthy(row.text:find("^%u.*%.$"), row.name)
        end)
    end)

    it("gives every section a sentence", function()
        for _, section in ipairs(options.sections) do
            assert.is_truthy(section.text:find("^%u.*%.$"), section.name)
        end
    end)

    it("has defaults that pass their own check", function()
        local place = { directory = "", policies_dir = "lua/policies" }
        each_row(function(row)
            if row.default ~= nil and row.default ~= false then
                local value, reason = types[row.type].check(row.default, row, place)
                assert.is_not_nil(value, row.name .. " " .. tostring(reason))
            end
        end)
    end)

    it("gives every number a finite range", function()
        each_row(function(row)
            if type(row.default) == "number" then
                assert.is_true(row.min <= row.default and row.default <= row.max, row.name)
                assert.is_true(row.max < math.huge, row.name)
            end
        end)
    end)

    it("gives what is left out a default, or demands it", function()
        each_row(function(row, section)
            local is_entry = section.name:find("%[%]$")
            assert.is_true(row.default ~= nil or is_entry ~= nil, row.name)
        end)
    end)
end)
