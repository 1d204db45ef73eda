local cjson = require("cjson")
local details = require("lab.details")
local record = require("lab.record")

local function request(fields)
    fields.func, fields.due, fields.warm = "f", fields.due or 0, 10
    fields.installed, fields.missing = fields.installed or 0, fields.missing or 0
    return fields
end

describe("the record of a run", function()
    it("forgets nothing that was sent", function()
        local r = record.new()
        for _ = 1, 3 do
            r:arrive(0, 0)
        end
        r:complete(request({ cold = true, installed = 2, missing = 3 }), 20)
        r:fail(503)
        local t = r:to_table({}, {})
        assert.same({ 3, 1, 1, 1 }, { t.sent, t.completed, t.failed, t.lost })
        assert.same({ 1, 2, 3 }, { t.cold, t.installed, t.missing })
        assert.near(2, t.slowdown, 0.01)
    end)

    it("has a slowdown of calls that take no time", function()
        local r = record.new()
        r:complete({ func = "f", due = 0, warm = 0, installed = 0, missing = 0 }, 0)
        assert.near(1, r:to_table({}, {}).slowdown, 0.01)
        r:complete({ func = "f", due = 0, warm = 0, installed = 0, missing = 0 }, 2)
        assert.near(2000, r.slowdown:quantile(1), 1)
    end)

    it("says what each worker did", function()
        local r = record.new()
        local one, other = { served = 1 }, { served = 3 }
        r.peaks[other] = 2
        local t = r:to_table({ one, other }, { [one] = { work = 10 }, [other] = { work = 90 } })
        assert.same({ { 1, 3 }, { 10, 90 }, { 0, 2 } }, { t.served, t.busy_ms, t.peaks })
        assert.same({ 0.5, 1.5, 2 }, { t.variation, t.imbalance, t.peak })
    end)

    it("can be written as JSON when requests failed", function()
        local r = record.new()
        r:arrive(0, 0)
        r:fail(503)
        assert.equal(1, cjson.decode(cjson.encode(r:to_table({}, {}))).statuses["503"])
    end)

    it("hands on what a report draws", function()
        local d = details.new()
        local r = record.new(d)
        r:arrive(0, 4)
        r:complete(request({ due = 0 }), 30)
        local bin = d.series.bins[1]
        assert.same({ 1, 4, 30 }, { bin.open, bin.waiting, d.samples.of.f[1] })
    end)
end)
