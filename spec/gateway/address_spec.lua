local address = require("gateway.address")

local function text(read, given)
    local found, reason = read(given, "conf/")
    return found and found.text or reason
end

describe("gateway.address", function()
    it("reads sockets into one form", function()
        assert.equal("127.0.0.1:9080", text(address.socket, "127.0.0.1:9080"))
        assert.equal("127.0.0.1:80", text(address.socket, "127.0.0.1:0080"))
        assert.equal("[::1]:9080", text(address.socket, "[0:0:0:0:0:0:0:1]:9080"))
        assert.equal("unix:/run/picket.sock", text(address.socket, "unix:/run/picket.sock"))
    end)

    it("takes a socket's relative path from the directory", function()
        assert.equal("unix:conf/picket.sock", text(address.socket, "unix:picket.sock"))
    end)

    it("says what is wrong with a socket", function()
        for given, reason in pairs({
            ["9080"] = "names no address; write \"127.0.0.1:9080\"",
            [":9080"] = "names no address; write \"127.0.0.1:9080\"",
            ["127.0.0.1"] = "has no port; write \"127.0.0.1:9080\"",
            ["127.0.0.1:"] = "has the port \"\"",
            ["127.0.0.1:65536"] = "has the port \"65536\"",
            ["127.0.0.1:1e3"] = "has the port \"1e3\"",
            ["localhost:9080"] = "is no address",
            ["300.0.0.1:9080"] = "is no address",
            ["127.1:9080"] = "is no address",
            ["::1:9080"] = "brackets",
            ["[::1]"] = "has no port",
            ["[::1]9080"] = "",
            ["http://127.0.0.1:9080"] = "leave out \"http://\"",
            ["unix:"] = "names no path",
            ["unix:/" .. ("x"):rep(107)] = "too long",
            [""] = "is no address",
            ["127.0.0.1\0:80"] = "is no address",
        }) do
            local found, message = address.socket(given, "")
            assert.is_nil(found, given)
            assert.is_truthy(message:find(reason, 1, true), given .. ": " .. message)
        end
    end)

    it("reads a worker's URL into one form", function()
        assert.equal("http://localhost:80", text(address.url, "http://localhost"))
        assert.equal("http://localhost:9081", text(address.url, "HTTP://LocalHost:9081/"))
        assert.equal("http://[::1]:9081", text(address.url, "http://[0::1]:9081"))
        assert.equal("unix:conf/worker.sock", text(address.url, "unix:worker.sock"))
    end)

    it("gives the parts of a URL", function()
        assert.same({ text = "http://[::1]:9081", host = "::1", port = 9081 },
            address.url("http://[::1]:9081", ""))
        assert.same({ text = "unix:/w.sock", unix_path = "/w.sock" },
            address.url("unix:/w.sock", ""))
    end)

    it("says what is wrong with a URL", function()
        for given, reason in pairs({
            ["127.0.0.1:9081"] = "write \"http://127.0.0.1:9081\"",
            ["https://worker"] = "plain http",
            ["http://user@worker"] = "user",
            ["http://worker/run"] = "forward of a route",
            ["http://worker?x"] = "forward of a route",
            ["http://worker:0"] = "from 1 to 65535",
            ["http://worker:"] = "from 1 to 65535",
            ["http://worker:http"] = "from 1 to 65535",
            ["http://::1"] = "brackets",
            ["http://1.2.3"] = "no IP address",
            ["http://[::x]"] = "no IP address",
            ["http://wor ker"] = "no host name",
            ["http://"] = "names no host",
            [""] = "has no scheme",
        }) do
            local found, message = address.url(given, "")
            assert.is_nil(found, given)
            assert.is_truthy(message:find(reason, 1, true), given .. ": " .. message)
        end
    end)

    it("gives a DNS server the port 53", function()
        assert.equal("127.0.0.1:53", text(address.server, "127.0.0.1"))
        assert.equal("[::1]:53", text(address.server, "::1"))
        assert.equal("[::1]:53", text(address.server, "[::1]"))
        assert.equal("127.0.0.1:5353", text(address.server, "127.0.0.1:5353"))
        for _, wrong in ipairs({ "dns.example", "unix:/x", ":53", "1.2.3.4:x", "1.2.3.4:0" }) do
            assert.same({ nil, "is no address of a DNS server; write one such as "
                .. "\"127.0.0.1:53\"" }, { address.server(wrong) })
        end
    end)
end)
