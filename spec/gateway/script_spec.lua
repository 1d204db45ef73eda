local config_file = require("config_file")
local script = require("gateway.script")

describe("gateway.script", function()
    local file = config_file.new()
    teardown(file.remove)

    it("returns the table of the file and its source", function()
        local source = "return { #'ab' }"
        local given, text = script.run(file.write("scheduler.lua", source))
        assert.same({ 2 }, given)
        assert.equal(source, text)
    end)

    it("refuses a file that cannot be read", function()
        local path = file.path("nothing.lua")
        local _, message = script.run(path)
        assert.equal(path .. ": cannot be read: No such file or directory; name another with "
            .. "-c FILE", message)
        _, message = script.run(file.directory)
        assert.is_truthy(message:find("Is a directory", 1, true))
    end)

    it("refuses what is not Lua, with the line", function()
        assert.equal("FILE:2: unexpected symbol near '='", file.refused("return {\n = 3 }"))
    end)

    it("guesses what a message of the parser means", function()
        file.assert_refused([[FILE:2: '<name>' expected near '"127.0.0.1:9080"'; an option is set ]]
            .. [[with "=", not with ":"]], 'return {\n listen: "127.0.0.1:9080",\n}')
        file.assert_refused([[FILE:2: unexpected symbol near '<eof>'; is a "}" missing?]],
            "return {\n processes = 1,")
        file.assert_refused("FILE:2: '}' expected (to close '{' at line 1) near '<eof>'; is a \"}",
            "return {\n processes = 1")
        file.assert_refused("FILE:3: '}' expected (to close '{' at line 1) near 'policy'; is a ",
            'return {\n processes = 1\n policy = "random" }')
    end)

    it("tells a policy that was named instead", function()
        assert.equal("FILE: this is a policy, not a configuration; write policy = "
            .. "\"./scheduler.lua\" in a configuration, and name that with -c FILE",
            file.refused("return { pick = function(_, workers) return workers[1] end }"))
    end)

    it("refuses bytecode", function()
        file.assert_refused("FILE: this is compiled; name the Lua source text that it was compiled "
            .. "from", string.dump(loadstring("return {}")))
    end)

    it("tells the line of an error, also of one without a place or deeper down", function()
        assert.equal("FILE:2: deliberate", file.refused("\nerror('deliberate')"))
        assert.equal("FILE:3: deliberate", file.refused("\n\nerror('deliberate', 0)"))
        file.assert_refused("FILE:2: bad argument #1 to 'rep'", "\nlocal a = string.rep() return a")
        file.assert_refused("FILE:2: error: table", "\nerror({})")
    end)

    it("tells on which line a metatable's function failed", function()
        file.assert_refused("FILE:2: oh no", "return setmetatable({}, { __index = function()\n"
            .. "error('oh no') end })")
    end)

    it("survives a script that uses up the stack", function()
        local message = file.refused("local function f() return 1 + f() end f()")
        assert.is_truthy(message:find("^FILE:.*stack overflow"), message)
    end)

    it("tells of an error in one line", function()
        assert.is_nil(file.refused("local m = require('not_there') return m"):find("\n"))
    end)

    it("refuses to start programs, as a reload could not", function()
        for _, call in ipairs({ "os.execute('true')", "io.popen('true')" }) do
            file.assert_refused("FILE:2: a configuration cannot start programs",
                "return {\n listen = " .. call .. " }")
        end
        local given = script.run(file.write("scheduler.lua", "return { io.type(io.stdout) }"))
        assert.same({ "file" }, given)
    end)

    it("refuses a file that returns no table", function()
        file.assert_refused("FILE: must return a table, as in: return { listen = "
            .. "\"127.0.0.1:9080\" }, but returns nothing", "local conf = {}")
        file.assert_refused("FILE: must return a table", "return 3")
    end)

    it("refuses to set or use a global that nobody defined", function()
        assert.equal('FILE:2: "conf" is not declared; write: local conf = ..., or: return { ... }',
            file.refused("\nconf = {}\nreturn conf"))
        assert.equal("FILE:2: \"port\" is not declared; write: local port = ...",
            file.refused("\nport = 1\nreturn {}"))
        assert.equal("FILE:2: nothing is called \"False\" here; a text needs quotes",
            file.refused("return {\n admin = False }"))
    end)

    it("does not touch the globals of others", function()
        file.refused("_G.leaked = 1 return {}")
        assert.is_nil(rawget(_G, "leaked"))
    end)
end)
