local azure2019_files = require("lab.azure2019_files")
local scratch = require("scratch")

describe("a file of Azure's trace of 2019", function()
    it("may end its lines as Windows does, and have its columns in any order", function()
        local place, seen = scratch.new(), {}
        local path = place.write("memory.csv",
            "AverageAllocatedMb,HashApp\r\n100,a\r\n250.5,b\r\n\r\n")
        assert.is_true(azure2019_files.memory(path, function(app, megabytes)
            seen[app] = megabytes
        end))
        place.remove()
        assert.same({ a = 100, b = 250.5 }, seen)
    end)

    it("is missed by its name", function()
        local ok, message = azure2019_files.memory("/nowhere/memory.csv")
        assert.is_nil(ok)
        assert.truthy(message:find("/nowhere/memory.csv", 1, true))
    end)
end)
