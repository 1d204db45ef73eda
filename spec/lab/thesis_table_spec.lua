local thesis_table = require("lab.thesis_table")

local OUTCOME = { sent = 10, completed = 10, failed = 0, lost = 0, waited = 0, cold = 0,
    missing = 0, mean_ms = 100, p50_ms = 80, p99_ms = 500, over_10s = 0.25 }

describe("the table of the thesis", function()
    local policies = { { label = "a", outcomes = { OUTCOME, OUTCOME } } }

    it("shows what was measured beside what was simulated", function()
        local rows = thesis_table.rows(policies, { a = { mean_ms = 120, p50_ms = 90 } })
        assert.same({ "policy", "mean", "± 95 %", "2018", "p50", "2018", "p99", "2018", "> 10 s",
            "2018" }, rows[1])
        assert.same({ "a", "100 ms", "0 us", "120 ms", "80.0 ms", "90.0 ms", "500 ms", "-",
            "25.0 %", "-" }, rows[2])
    end)

    it("shows nothing beside where nothing was measured", function()
        assert.same({ "a", "100 ms", "0 us", "80.0 ms", "500 ms", "25.0 %" },
            thesis_table.rows(policies, nil)[2])
    end)
end)
