local access_log = require("lab.access_log")

local TEXT = "2026-01-31T12:00:01.000Z 127.0.0.1 GET /run/f 200 f w1 1 2 3 0 1 %s %s 1 id"
local JSON = '{"time":%s,"function":%s,"status":200,"worker":"w1","first_byte_us":%s,"total_us":%s}'

describe("a line of picket's access log", function()
    it("says when a request came, what it called and how long that took", function()
        local first = access_log.text(TEXT:format(400000, 500000))
        local time = '"2026-01-31T12:00:01.000Z"'
        assert.same(first, access_log.json(JSON:format(time, '"f"', 400000, 500000)))
        assert.same({ func = "f", took = 400, due = 1769860800500 }, first)
    end)

    it("may lack the time of the first byte", function()
        assert.is_nil(access_log.text(TEXT:format("-", 500000)).took)
        assert.is_nil(access_log.json(JSON:format('"2026-01-31T12:00:01Z"', '"f"', "null", 5)).took)
    end)

    it("is none when it is damaged", function()
        assert.is_nil(access_log.text(TEXT:format(1, "x")))
        assert.is_nil(access_log.text("2026"))
        local time = '"2026-01-31T12:00:01Z"'
        for _, values in ipairs({ { '"noon"', '"f"', 1, 5 }, { 7, '"f"', 1, 5 },
            { time, 3, 1, 5 }, { time, '"f"', 1, '"x"' } }) do
            assert.is_nil(access_log.json(JSON:format(unpack(values))))
        end
        assert.is_nil(access_log.json("[1"))
    end)
end)
