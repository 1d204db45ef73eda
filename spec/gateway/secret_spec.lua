local scratch = require("scratch")
local secret = require("gateway.secret")

local GOOD = "0123456789abcdef"

describe("gateway.secret", function()
    it("takes what a header can carry", function()
        for _, token in ipairs({ GOOD, "a-b._c~d+e/f0123==", ("x"):rep(255) }) do
            assert.equal(token, secret.check(token))
        end
    end)

    for what, token in pairs({
        ["too short"] = "0123456789abcde", ["too long"] = ("x"):rep(256), ["a space"] = GOOD .. " ",
        ["a line break"] = GOOD .. "\r\nX: y", ["an equals sign amid it"] = "=" .. GOOD,
        ["no text"] = 1234567890123456,
    }) do
        it("refuses, and does not quote, one that has or is " .. what, function()
            local clean, reason = secret.check(token)
            assert.is_nil(clean)
            assert.matches("must be 16 to 255", reason)
            assert.is_nil(reason:find(tostring(token), 1, true))
        end)
    end

    it("reads the only line of a file", function()
        local folder = scratch.new()
        assert.equal(GOOD, secret.read(folder.write("token", GOOD .. "\n")))
        local clean, reason = secret.read(folder.write("lines", GOOD .. "\n" .. GOOD .. "\n"))
        assert.is_nil(clean)
        assert.is_nil(reason:find(GOOD, 1, true))
        assert.matches("^cannot be read: .*No such file", select(2, secret.read(folder.path("no"))))
    end)
end)
