local summary = require("lab.summary")

describe("a summary", function()
    it("forgets nothing that was sent", function()
        local s = summary.new()
        for _ = 1, 5 do
            s:add_sent()
        end
        s:add_completed(10, true, 3)
        s:add_completed(20, false, 0)
        s:add_failed(502)
        s:add_failed(0)
        local t = s:to_table()
        assert.same({ 5, 2, 2, 1 }, { t.sent, t.completed, t.failed, t.lost })
        assert.same({ 15, 1, 3 }, { t.mean_ms, t.cold, t.installed })
        assert.same({ ["502"] = 1, no_answer = 1 }, t.failures)
    end)

    it("gives quantiles by nearest rank", function()
        local s = summary.new()
        for i = 100, 1, -1 do
            s:add_completed(i, false, 0)
        end
        local t = s:to_table()
        assert.same({ 50, 90, 99, 100 }, { t.p50_ms, t.p90_ms, t.p99_ms, t.max_ms })
        assert.equal(0, t.over_1s)
        s:add_completed(1001, false, 0)
        assert.near(1 / 101, s:to_table().over_1s, 1e-9)
        assert.equal(1001, s:quantile(1))
    end)

    it("has no latencies when nothing was completed", function()
        local s = summary.new()
        s:add_sent()
        s:add_failed(503)
        local t = s:to_table()
        assert.same({ 1, 0, 1, 0 }, { t.sent, t.completed, t.failed, t.lost })
        assert.is_nil(t.mean_ms or t.p50_ms or t.max_ms)
        assert.truthy(s:to_text():find("mean -, p50 -, p90 -, p99 -, max -", 1, true))
    end)

    it("writes durations as people do", function()
        assert.same({ "850 us", "12.3 ms", "123 ms", "4.56 s", "119 s" }, {
            summary.duration(0.85), summary.duration(12.34), summary.duration(123.4),
            summary.duration(4560), summary.duration(119000),
        })
    end)

    it("says in words what failed", function()
        local s = summary.new()
        s:add_sent()
        s:add_failed(503)
        assert.truthy(s:to_text():find("503: 1", 1, true))
        assert.truthy(s:to_text():find("1 sent, 0 completed, 1 failed, 0 lost", 1, true))
    end)
end)
