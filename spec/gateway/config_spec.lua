local config = require("gateway.config")
local config_file = require("config_file")
local options = require("gateway.options")

describe("gateway.config", function()
    local file = config_file.new()
    teardown(file.remove)

    --- Values that have a form of their own once read, as the rows write them.
    local function as_written(value)
        if type(value) ~= "table" then
            return value
        end
        return value.name or (type(value[1]) == "string" and value[1]) or nil
    end

    it("has every option's default when nothing is set", function()
        local conf = file.loaded("return {}")
        for _, section in ipairs(options.sections) do
            local part = section.name == "" and conf or conf[section.name]
            for _, row in ipairs(part or {}) do
                if type(row.default) ~= "table" then
                    assert.equal(row.default, as_written(part[row.key]), row.name)
                end
            end
        end
        assert.same({}, conf.workers)
        assert.same({ { prefix = "/runLambda/", forward = "/run/" },
            { prefix = "/run/", forward = "/run/" } }, conf.routes)
    end)

    it("tells the admin address, whatever else is wrong", function()
        local function admin(text)
            return config.admin(file.write("scheduler.lua", "return { " .. text .. " }"))
        end
        assert.same({ listen = "127.0.0.1:9079", token = false }, (admin("lisen = 1, policy = 2")))
        assert.same({ listen = "unix:" .. file.path("a.sock"), token = ("t"):rep(16) },
            (admin('admin = { listen = "unix:a.sock", token = ("t"):rep(16) }, workers = 3')))
        assert.is_false(admin('admin = false, registry = "nowhere.json"'))
        assert.matches("lua:1: admin must be an address", select(2, admin("admin = 9079")))
        assert.matches("lua:1: '}' expected", select(2, admin("admin = false lisen = 1")))
    end)

    it("reads values of each kind", function()
        local conf = file.loaded([[return {
            listen = { "127.0.0.1:1", "[0::1]:2", "unix:x.sock" }, admin = false,
            processes = "auto", user = "nobody", warm_for = 0.5,
            timeouts = { head = 1.5 }, limits = { body_bytes = 2 ^ 40 },
            log = { access = "json", access_file = "/var/log/access" },
            dns = { servers = "127.0.0.1" },
        }]])
        assert.same({ "127.0.0.1:1", "[::1]:2", "unix:" .. file.path("x.sock") }, conf.listen)
        assert.is_false(conf.admin)
        assert.equal(0, conf.processes)
        assert.equal("nobody", conf.user)
        assert.equal(0.5, conf.warm_for)
        assert.equal(1.5, conf.timeouts.head)
        assert.equal(30, conf.timeouts.body)
        assert.equal(2 ^ 40, conf.limits.body_bytes)
        assert.equal("json", conf.log.access)
        assert.equal("/var/log/access", conf.log.access_file)
        assert.same({ "127.0.0.1:53" }, conf.dns.servers)
    end)

    it("takes paths from the directory of the file", function()
        local conf = file.loaded([[return { registry = "functions.json", policy = "./mine.lua",
            log = { file = "gateway.log" } }]])
        assert.equal(file.path("functions.json"), conf.registry)
        assert.equal(file.path("mine.lua"), conf.policy.path)
        assert.equal(file.path("gateway.log"), conf.log.file)
    end)

    it("tells of a worker what its URL tells", function()
        local conf = file.loaded([[return { workers = { "http://Node:81", { url = "unix:w" } } }]])
        assert.same({ url = "http://node:81", host = "node", port = 81, name = "node:81",
            weight = 1, capacity = 0 }, conf.workers[1])
        local path = file.path("w")
        assert.same({ url = "unix:" .. path, unix_path = path, name = path,
            weight = 1, capacity = 0 }, conf.workers[2])
    end)

    it("completes routes and puts the longest prefix first", function()
        local conf = file.loaded([[return { routes = {
            "/", { prefix = "/a/b/", forward = "/" }, { prefix = "/a/" } } }]])
        assert.same({ { prefix = "/a/b/", forward = "/" }, { prefix = "/a/", forward = "/a/" },
            { prefix = "/", forward = "/" } }, conf.routes)
    end)

    it("reads a file that computes its table", function()
        local conf = file.loaded([[
            local conf = { workers = {} }
            for port = 9081, 9083 do
                local host = os.getenv("NO_HOST") or "h"
                table.insert(conf.workers, ("http://%s:%d"):format(host, port))
            end
            return conf]])
        assert.equal("http://h:9083", conf.workers[3].url)
    end)

    it("reports all problems at once, in the order of the file", function()
        assert.equal("FILE:2: unknown key \"lisen\"; did you mean \"listen\"?\n"
            .. "FILE:3: queue.size must be a whole number of requests from 0 to 1000000, not -1\n"
            .. "FILE:4: workers[1].url \"https://a\" has the scheme \"https\"; workers are reached "
            .. "by plain http", file.refused("return {\n lisen = 1,\n queue = { size = -1 },\n"
            .. " workers = { 'https://a' } }"))
    end)

    it("tells where those options stand that are tried later", function()
        file.write("token", ("t"):rep(16))
        local conf = file.loaded("return {\n  policy = { 'hash',\n    key = 'path' },\n"
            .. "  log = { file = 'x' },\n  admin = { token_file = 'token' } }")
        assert.equal(("policy\tFILE:2\t" .. conf.policy.path .. "\nregistry\tFILE\n"
            .. "user\tFILE\tFILE\nadmin.token_file\tFILE:5\t" .. file.path("token") .. "\n"
            .. "log.file\tFILE:4\nlog.access_file\tFILE:4\n"
            .. "policy_limits.failure_specs\tFILE\npolicy.key\tFILE:3"):gsub("FILE",
            file.path("scheduler.lua")), (conf.places))
    end)

    it("reports twenty problems and counts the rest", function()
        local message = file.refused("return { workers = {" .. ("'x',"):rep(25) .. "} }")
        assert.equal(20, select(2, message:gsub("\n", "")))
        assert.is_truthy(message:find("\nFILE: and 5 more$"))
    end)
end)
