local scratch = require("scratch")
local source_line = require("lab.source_line")

describe("a line of a Lua file", function()
    it("is where a key is set, or else that of its return", function()
        local place = scratch.new()
        local path = place.write("mine.lua",
            "local x = cores == 1\n\nreturn {\n    cores = 3,\n}\n")
        assert.equal(path .. ":4", source_line.of(path, "cores"))
        assert.equal(path .. ":3", source_line.of(path, "core"))
        assert.equal(path .. ":3", source_line.of(path))
        place.remove()
    end)
end)
