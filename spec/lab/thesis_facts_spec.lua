-- The facts against the logs they come from, where these are at hand (as in fidelity_spec).
local facts = require("lab.thesis_facts")
local measured = require("lab.measured")

local folder = os.getenv("PICKET_THESIS2018")

describe("the facts of 2018", function()
    it("are plausible", function()
        for _, experiment in ipairs({ facts.sequential, facts.open }) do
            for label, row in pairs(experiment) do
                assert.is_true(row.p50_ms < row.p90_ms and row.p90_ms < row.p99_ms
                    and row.p99_ms <= row.max_ms and row.over_50s <= row.over_10s, label)
            end
        end
    end)

    if not folder then
        pending("are compared with the logs where PICKET_THESIS2018 names their folder")
        return
    end

    for name, logs in pairs(facts.logs) do
        for label, log in pairs(logs) do
            it("are those of " .. log, function()
                local row, latency = facts[name][label], measured.load(folder .. "/" .. log).latency
                assert.equal(row.completed, latency.count)
                assert.near(row.mean_ms, latency:mean(), 0.51)
                assert.near(1, latency:quantile(0.5) / row.p50_ms, 0.002)
                assert.near(1, latency:quantile(0.9) / row.p90_ms, 0.002)
                assert.near(1, latency:quantile(0.99) / row.p99_ms, 0.01)
                assert.equal(row.max_ms, latency.most)
                assert.near(row.over_10s, latency:share_above(10000), 0.0011)
            end)
        end
    end
end)
