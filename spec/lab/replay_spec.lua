local cjson = require("cjson")
local drawn = require("lab.drawn")
local replay = require("lab.replay")
local scratch = require("scratch")

local function start(text, count)
    return scratch.with(text, function(path)
        return replay.new({ registry = path, seed = 1, rate = 10, count = count, label = "" })
    end)
end

describe("a replay", function()
    it("sends at its rate", function()
        local p = start('[{"handle": "f"}]', 2)
        assert.same({ 0, "f" }, { p:next_request() })
        assert.same({ 100, "f" }, { p:next_request() })
        assert.is_nil((p:next_request()))
    end)

    it("counts the answers", function()
        local p = start('[{"handle": "f"}]', 3)
        for _ = 1, 3 do
            p:next_request()
            p:sent()
        end
        p:answered(2, 200, 12, true, 2)
        p:answered(1, 503, 1, false, 0)
        local result = cjson.decode(p:finish("json"))
        assert.same({ 3, 1, 1, 1, 12, 2 }, { result.sent, result.completed, result.failed,
            result.lost, result.mean_ms, result.installed })
        assert.truthy(p:finish("text"):find("3 sent", 1, true))
    end)

    it("keeps what a report draws", function()
        local p = start('[{"handle": "f"}]', 2)
        for _ = 1, 2 do
            p:next_request()
            p:sent()
        end
        p:answered(2, 200, 12, false, 0)
        local latency, details = drawn.unpack(cjson.decode(p:finish("json")).drawn)
        assert.equal(12, latency.most)
        assert.equal(1, details.samples.of.f.seen)
        assert.equal(2, details.series.bins[details.series:count()].open) -- it was due at 100 ms
    end)

    it("needs a function to call", function()
        assert.truthy(select(2, start("[]", 1)):find("no function in it", 1, true))
        assert.is_nil((start("{", 1)))
    end)
end)
