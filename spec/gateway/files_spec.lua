local files = require("gateway.files")
local scratch = require("scratch")

describe("gateway.files", function()
    local here

    setup(function()
        here = scratch.new()
        here.write("b.lua", "return 1")
        here.write("a.lua", "")
        here.write("c.json", "[]")
        here.write(".lua", "")
    end)

    teardown(function()
        here.remove()
    end)

    it("takes relative paths from a directory and leaves others as they are", function()
        assert.equal("conf/a.lua", files.resolve("conf/", "a.lua"))
        assert.equal("conf/a.lua", files.resolve("conf/", "./a.lua"))
        assert.equal("conf/../a.lua", files.resolve("conf/", "../a.lua"))
        assert.equal("a.lua", files.resolve("", "./a.lua"))
        assert.equal("/a.lua", files.resolve("conf/", "/a.lua"))
    end)

    it("knows the directory of a file", function()
        assert.equal("a/b/", files.directory("a/b/c.lua"))
        assert.equal("/", files.directory("/c.lua"))
        assert.equal("", files.directory("c.lua"))
    end)

    it("reads all of a file", function()
        assert.equal("return 1", files.read(here.path("b.lua")))
        assert.equal("", files.read(here.path("a.lua")))
    end)

    it("says why a file cannot be read", function()
        assert.same({ nil, "No such file or directory" }, { files.read(here.path("x")) })
        assert.same({ nil, "Is a directory" }, { files.read(here.directory) })
        assert.same({ false, "No such file or directory" }, { files.readable(here.path("x")) })
        assert.same({ false, "Is a directory" }, { files.readable(here.directory) })
    end)

    it("takes an empty file for a readable one", function()
        assert.is_true((files.readable(here.path("a.lua"))))
    end)

    it("knows a folder", function()
        assert.is_true(files.is_folder(here.directory))
        assert.is_false(files.is_folder(here.path("x")))
        assert.is_false(files.is_folder(here.path("a.lua")))
    end)

    it("lists the names of one ending, sorted", function()
        assert.same({ "a", "b" }, files.list(here.directory, ".lua"))
        assert.same({}, files.list(here.path("x"), ".lua"))
    end)
end)
