local scratch = require("scratch")
local lua_text = require("gateway.lua_text")

local COMPILED = string.dump(function() end)
local LONG = ("folder/"):rep(20) .. "mine.lua"

describe("gateway.lua_text", function()
    it("compiles a text in an environment", function()
        assert.equal(7, lua_text.compile("return x", "mine.lua", { x = 7 })())
    end)

    it("names the file of a text that is no Lua, however long its name", function()
        for _, file in ipairs({ "mine.lua", LONG }) do
            local chunk, message = lua_text.compile("return {", file, {})
            assert.is_nil(chunk)
            assert.equal(1, (message:find(file .. ":", 1, true)))
        end
    end)

    it("loads a file", function()
        assert.equal(7, scratch.with("return 7", lua_text.load)())
    end)

    it("names the file that is no Lua or is not there", function()
        scratch.with("return {", function(path)
            assert.equal(1, (select(2, lua_text.load(path)):find(path .. ":1: ", 1, true)))
        end)
        assert.equal("cannot open nosuch.lua: No such file or directory",
            select(2, lua_text.load("nosuch.lua")))
    end)

    it("refuses what is compiled, and says what to do", function()
        local words = ": this is compiled; name the Lua source text that it was compiled from"
        assert.same({ nil, LONG .. words }, { lua_text.compile(COMPILED, LONG, {}) })
        scratch.with(COMPILED, function(path)
            assert.same({ nil, path .. words }, { lua_text.load(path) })
        end)
    end)
end)
