-- The manual page of the lab names all that there is, and its example works.
local files = require("gateway.files")
local help = require("lab.help")
local measures = require("lab.measures")
local preset = require("lab.preset")
local scratch = require("scratch")
local settings = require("lab.settings")

local manual = assert(files.read("src/picket-lab.1"))

-- The manual without its markup, as far as names are concerned.
local plain = manual:gsub("\n%.", " "):gsub("\"", ""):gsub("[%s,]+", " ")

local function names(word)
    return plain:find(" " .. word .. " ", 1, true) ~= nil
end

describe("the manual page of the lab", function()
    it("tells of every command and its options", function()
        for _, command in ipairs(help.commands) do
            assert.is_true(names("It Cm " .. command), command)
            for option in help.of(command):gmatch("\n  %-%-([%w-]+)") do
                assert.is_true(names("Fl Fl " .. option), option)
            end
        end
    end)

    it("explains every measure", function()
        for _, measure in ipairs(measures.rows) do
            assert.is_true(names(measure.title), measure.title)
        end
    end)

    it("tells of every preset", function()
        for _, name in ipairs(preset.names) do
            assert.is_true(names("It Cm " .. name), name)
        end
    end)

    it("tells of every setting of a model", function()
        for _, row in ipairs(settings.rows) do
            assert.is_true(names(row[1]), row[1])
        end
    end)

    it("shows a preset that works", function()
        local place = scratch.new()
        local text = manual:match("\n%.Bd %-literal\n(local plain_registry.-)\n%.Ed\n")
        local made = assert(preset.load(place.write("mine.lua", text .. "\n")))
        place.remove()
        local registry, count = made.registry(1), 0
        for _ in made.workload(registry, 1) do
            count = count + 1
        end
        assert.same({ made.requests, 4, 20 }, { count, #made.workers(), #registry.names })
    end)
end)
