local config_file = require("config_file")

describe("gateway.policy_choice", function()
    local file = config_file.new()
    teardown(file.remove)

    it("finds an installed policy by its name, with or without options", function()
        assert.same({ name = "random", path = "lua/policies/random.lua", options = {} },
            file.loaded("return { policy = 'random' }").policy)
        assert.same({ key = "path", list = { 1, { a = true } } }, file.loaded("return { policy = "
            .. "{ 'hash', key = 'path', list = { 1, { a = true } } } }").policy.options)
    end)

    it("finds any other by its path", function()
        for _, name in ipairs({ "mine.lua", "./mine.lua", file.path("mine.lua") }) do
            local found = file.loaded(("return { policy = { %q, a = 1 } }"):format(name)).policy
            assert.same({ "mine", file.path("mine.lua"), { a = 1 } },
                { found.name, found.path, found.options })
        end
    end)

    it("names the installed ones when there is none of that name", function()
        local message = file.refused("return { policy = 'least_loadd' }")
        assert.is_truthy(message:find("FILE:1: policy \"least_loadd\" cannot be read: "
            .. "lua/policies/least_loadd.lua: No such file or directory; "
            .. "did you mean \"least_loaded\"? (there are ", 1, true), message)
        assert.is_truthy(message:find("round_robin", 1, true))
    end)

    it("names the one beside a file that is not there that may be meant, and no others", function()
        assert.equal("FILE:1: policy \"./mime.lua\" cannot be read: " .. file.path("mime.lua")
            .. ": No such file or directory; did you mean \"./mine.lua\"?",
            file.refused("return { policy = './mime.lua' }"))
        assert.equal("FILE:1: policy \"/no/where.lua\" cannot be read: /no/where.lua: No such file "
            .. "or directory", file.refused("return { policy = '/no/where.lua' }"))
    end)

    it("knows a file whose name was given without its path", function()
        file.assert_wrong("policy \"mine\" cannot be read: lua/policies/mine.lua: No such file or "
            .. "directory; did you mean \"./mine.lua\"? (there are hash, ip_hash, least_loaded, "
            .. "package_aware, random, round_robin)", "policy = 'mine'")
    end)

    it("refuses options of no policy", function()
        file.assert_wrong("policy has options and no name, which comes first: "
            .. "{ \"hash\", key = \"path\" }", "policy = { key = 'path' }")
    end)

    it("refuses options that cannot be handed on", function()
        for value, reason in pairs({
            ["print"] = "is a function",
            ["0/0"] = "is NaN",
            ["1/0"] = "is inf",
            ["{ 1, a = 2 }"] = "is both a list and a table of names",
            ["{ [true] = 2 }"] = "has the key true",
            ["{ { { { { { { { {} } } } } } } } }"] = "is nested too deep",
        }) do
            file.assert_wrong("policy has the option \"a\", which " .. reason,
                ("policy = { 'hash', a = %s }"):format(value))
        end
        file.assert_refused("FILE:1: policy has the option \"a\", which is nested too deep",
            "local t = {} t.t = t return { policy = { 'hash', a = t } }")
    end)

    it("refuses an option without a name", function()
        file.assert_wrong("policy takes named options, as in { \"hash\", load_threshold = 50 }, "
            .. "but has \"path\" without a name", "policy = { 'hash', 'path' }")
    end)
end)
