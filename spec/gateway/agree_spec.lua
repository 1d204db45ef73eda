local config_file = require("config_file")

describe("gateway.agree", function()
    local file = config_file.new()
    teardown(file.remove)

    it("refuses the same worker twice, however it is written", function()
        assert.equal("FILE:3: workers[2].url \"http://a:80\" is that of workers[1] already; leave "
            .. "one out", file.refused("return { workers = {\n 'http://a',\n 'http://A:80/' } }"))
    end)

    it("refuses two workers of one name", function()
        file.assert_wrong("workers[2].name \"a:80\" is that of workers[1] already; leave one out",
            "workers = { 'http://a', { url = 'http://b', name = 'a:80' } }")
    end)

    it("refuses a worker whose host is too long for a name, unless it has one", function()
        local url = "http://" .. ("h"):rep(60) .. ".example"
        file.assert_wrong("workers[1] needs a name of at most 63 bytes",
            ("workers = { %q }"):format(url))
        file.loaded(("return { workers = { { url = %q, name = 'h' } } }"):format(url))
    end)

    it("refuses a worker that is the gateway itself", function()
        file.assert_wrong("workers[1].url \"http://127.0.0.1:9080\" is the gateway itself",
            "workers = { 'http://127.0.0.1:9080' }")
        file.assert_wrong("workers[1].url \"http://localhost:80\" is the gateway itself",
            "listen = '0.0.0.0:80', workers = { 'http://localhost' }")
        file.loaded("return { listen = '0.0.0.0:80', workers = { 'http://10.0.0.1' } }")
    end)

    it("refuses more workers than there is room for", function()
        file.assert_wrong("workers has 2 entries, but limits.workers is 1; raise it",
            "workers = { 'http://a', 'http://b' }, limits = { workers = 1 }")
    end)

    it("refuses two routes of one prefix, or none at all", function()
        file.assert_wrong("routes[2].prefix \"/a/\" is that of routes[1] already; leave one out",
            "routes = { '/a/', { prefix = '/a/', forward = '/b/' } }")
        file.assert_wrong("routes is empty", "routes = {}")
    end)

    it("refuses an admin address that others can reach without a token", function()
        for _, text in ipairs({ "0.0.0.0:9079", "10.0.0.1:9079", "[::]:9079" }) do
            file.assert_wrong(("admin %q can be reached from elsewhere"):format(text),
                ("admin = %q"):format(text))
            local conf = file.loaded(("return { admin = { listen = %q, token = %q } }"):format(
                text, ("t"):rep(16)))
            assert.same({ listen = text, token = ("t"):rep(16) }, conf.admin)
        end
        for _, text in ipairs({ "127.9.9.9:1", "[::1]:1", "unix:/x" }) do
            local conf = file.loaded(("return { admin = %q }"):format(text))
            assert.same({ listen = text, token = false }, conf.admin)
        end
    end)

    it("reads the admin token from one place only", function()
        file.write("token", ("t"):rep(16) .. "\n")
        local conf = file.loaded("return { admin = { token_file = 'token' } }")
        assert.equal(("t"):rep(16), conf.admin.token)
        file.assert_wrong("admin has a token and a token_file",
            "admin = { token_file = 'token', token = '0123456789abcdef' }")
    end)

    it("refuses an admin address that clients use", function()
        file.assert_wrong("admin \"127.0.0.1:1\" is where clients connect",
            "listen = '0.0.0.0:1', admin = '127.0.0.1:1'")
        file.assert_wrong("admin \"unix:/x\" is where clients connect",
            "listen = 'unix:/x', admin = 'unix:/x'")
    end)

    it("finds the line of what clashes with a default", function()
        file.assert_refused("FILE:2: admin \"127.0.0.1:9079\" is where clients connect",
            "return {\n listen = '127.0.0.1:9079' }")
        file.assert_wrong("limits.uri_bytes is 8192, more than limits.head_bytes (1024)",
            "limits = { head_bytes = 1024 }")
    end)

    it("refuses an address to listen on twice, but not port 0", function()
        file.assert_wrong("listen \"[0::1]:1\" is listed twice",
            "listen = { '[::1]:1', '[0::1]:1' }")
        file.loaded("return { listen = '127.0.0.1:0', admin = '127.0.0.1:0' }")
    end)
end)
