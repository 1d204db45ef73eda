local address = require("picket.address")

local function octets(text)
    local list = address.octets(text)
    return list and table.concat(list, " ")
end

describe("picket.address", function()
    it("reads IPv4 addresses", function()
        assert.equal("127 0 0 1", octets("127.0.0.1"))
        assert.equal("255 255 255 255", octets("255.255.255.255"))
    end)

    it("reads IPv6 addresses, written out and shortened", function()
        local zeros = (" 0"):rep(15)
        assert.equal("0" .. zeros, octets("::"))
        assert.equal(("0 "):rep(15) .. "1", octets("::1"))
        assert.equal("32 1 13 184" .. (" 0"):rep(10) .. " 171 205", octets("2001:db8::abcd"))
        assert.equal("254 128" .. (" 0"):rep(14), octets("fe80::"))
        assert.equal(
            "0 1 0 2 0 3 0 4 0 5 0 6 0 7 255 255", octets("1:2:3:4:5:6:7:FFFF"))
    end)

    it("reads an IPv4 address at the end of an IPv6 address", function()
        assert.equal(("0 "):rep(10) .. "255 255 10 0 0 1", octets("::ffff:10.0.0.1"))
    end)

    it("leaves the zone of an IPv6 address out", function()
        assert.equal(octets("fe80::1"), octets("fe80::1%eth0"))
    end)

    it("knows what is no address", function()
        for _, text in ipairs({
            "", "unix:", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:80", ":", ":::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7:",
            "::1.2.3.400", "1:2:3:4:5:6:7::8:9",
        }) do
            assert.is_nil(octets(text), text)
        end
    end)
end)
