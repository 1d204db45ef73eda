local config_file = require("config_file")

describe("gateway.check", function()
    local file = config_file.new()
    teardown(file.remove)

    it("wants a folder where files are to be written", function()
        local source = ("return { policy_limits = { failure_specs = %q } }"):format(file.directory)
        assert.equal(file.directory, file.loaded(source).policy_limits.failure_specs)
        file.assert_wrong("policy_limits.failure_specs names no folder: " .. file.path("x"),
            "policy_limits = { failure_specs = 'x' }")
    end)

    describe("refuses an unknown key", function()
        it("with its line and the one that was meant", function()
            assert.equal("FILE:2: unknown key \"timeouts.heads\"; did you mean \"head\"?",
                file.refused("return { timeouts = {\n heads = 10 } }"))
            file.assert_wrong("unknown key \"timeout\"; did you mean \"timeouts\"?",
                "timeout = { head = 10 }")
            file.assert_wrong("unknown key \"workers[1].wieght\"; did you mean \"weight\"?",
                "workers = { { url = 'http://a', wieght = 1 } }")
        end)

        it("with the place where it belongs", function()
            file.assert_wrong("unknown key \"head_bytes\"; it belongs in limits", "head_bytes = 10")
            file.assert_wrong("unknown key \"log.listen\"; it belongs in the outer table",
                "log = { listen = 10 }")
        end)

        it("with those there are", function()
            file.assert_wrong("unknown key \"retry.x\"; known are attempts, budget",
                "retry = { x = 1 }")
        end)

        it("that is no name", function()
            file.assert_wrong("timeouts[1]: 10 has no name; write head = 10", "timeouts = { 10 }")
            file.assert_refused("FILE: true: 1 has no name", "return { [true] = 1 }")
        end)

        it("that is one of another list's parts", function()
            file.assert_wrong("unknown key \"workers[]\"; did you mean \"workers\"?",
                "['workers[]'] = {}")
        end)
    end)

    it("refuses what is set twice", function()
        assert.equal("FILE:3: queue.size is set a second time, which takes the place of line 2; "
            .. "leave one out", file.refused("return { queue = {\n size = 1,\n size = 2 } }"))
    end)

    it("refuses a value of the wrong type", function()
        for fields, message in pairs({
            ["timeouts = 3"] = "timeouts must be a table such as { head = ... }, not 3",
            ["timeouts = { head = true }"] =
                "timeouts.head must be a number of seconds from 0.001 to 604800, not true",
            ["timeouts = { head = '5' }"] =
                "timeouts.head must be a number, not \"5\"; leave out the quotes",
            ["queue = { size = 1.5 }"] =
                "queue.size must be a whole number of requests from 0 to 1000000, not 1.5",
            ["processes = 'all'"] =
                "processes must be a whole number from 1 to 64 or \"auto\", not \"all\"",
            ["log = { file = true }"] = "log.file must be a path or false, not true",
            ["user = 'a b'"] = "user must be the name of a user or false, not \"a b\"",
            ["listen = 9"] =
                "listen must be an address such as \"127.0.0.1:9080\", or a list of at most 16",
            ["listen = {}"] = "listen must be an address",
            ["listen = { 9080 }"] = "listen must be an address",
            ["admin = true"] =
                "admin must be an address such as \"127.0.0.1:9079\" or \"unix:/run/picket.sock\"",
            ["workers = 'http://a'"] =
                "workers must be a list such as { \"http://127.0.0.1:9081\" }, not \"http://a\"",
            ["workers = { 3 }"] = "workers[1] must be a table such as { url = ... }, not 3",
            ["policy = {}"] = "policy must be a name such as \"least_loaded\"",
            ["policy = print"] = "policy must be a name such as \"least_loaded\"",
        }) do
            file.assert_wrong(message, fields)
        end
    end)

    it("refuses a number that is out of range", function()
        for _, number in ipairs({ "-1", "0", "1e9", "0/0", "1/0", "-1/0" }) do
            file.assert_wrong("timeouts.head must be a number of seconds from 0.001 to 604800, not",
                "timeouts = { head = " .. number .. " }")
            file.assert_wrong("processes must be a whole number from 1 to 64",
                "processes = " .. number)
        end
    end)

    it("refuses heads that are longer than the places in them reach", function()
        file.assert_wrong("limits.head_bytes must be a whole number of bytes from 1024 to 65535, "
            .. "not 65536", "limits = { head_bytes = 65536 }")
        file.assert_wrong("limits.uri_bytes must be a whole number of bytes from 64 to 65535, "
            .. "not 65536", "limits = { uri_bytes = 65536 }")
    end)

    it("refuses a word that is no choice, with the nearest", function()
        file.assert_wrong("health.kind cannot be \"openlamda\"; did you mean \"openlambda\"?",
            "health = { kind = 'openlamda' }")
        file.assert_wrong("log.access must be \"text\" or \"json\" or false, not \"xml\"",
            "log = { access = 'xml' }")
    end)

    it("refuses a list that is none", function()
        file.assert_wrong("workers is a list, in which \"url\" is no place; write { { ... }",
            "workers = { url = 'http://a' }")
        file.assert_wrong("workers has a hole", "workers = { 'http://a', nil, 'http://b' }")
        file.assert_refused("FILE:1: listen has 17 entries; at most 16 fit",
            "local t = {} for i = 1, 17 do t[i] = '127.0.0.1:' .. i end return { listen = t }")
    end)

    it("refuses an entry without its first key or with a bad one", function()
        file.assert_wrong("workers[1].url is missing: it must be a URL such as",
            "workers = { { weight = 2 } }")
        file.assert_wrong("workers[1].url \"a:80\" has no scheme; write \"http://a:80\"",
            "workers = { 'a:80' }")
        file.assert_wrong("routes[1].prefix is missing", "routes = { {} }")
    end)

    it("refuses what is no path, or cannot be read", function()
        file.assert_wrong("registry cannot be read: " .. file.path("x.json")
            .. ": No such file or directory", "registry = 'x.json'")
        file.assert_wrong("registry cannot be read", "registry = '.'")
        file.assert_wrong("log.file must be a path", "log = { file = '' }")
        file.assert_wrong("log.file must be a path", [[log = { file = 'a\0b' }]])
        file.assert_wrong("log.file has 600 bytes; at most 511 fit",
            "log = { file = ('x'):rep(600) }")
    end)

    it("refuses what is no prefix", function()
        for _, prefix in ipairs({ "run", "/run", "run/", "/r n/", "/run?/", "" }) do
            file.assert_wrong("routes[1].prefix must be a path such as \"/run/\"",
                ("routes = { { prefix = %q } }"):format(prefix))
        end
    end)

    it("checks the admin address as a table of its own", function()
        file.assert_wrong("admin.listen \"9079\" names no address", "admin = { listen = '9079' }")
        file.assert_wrong("unknown key \"admin.tokne\"; did you mean \"token\"?",
            "admin = { tokne = 'x' }")
        assert.equal("127.0.0.1:9079", file.loaded("return { admin = {} }").admin.listen)
    end)
end)
