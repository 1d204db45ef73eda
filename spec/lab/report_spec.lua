local report = require("lab.report")
local text_table = require("lab.table")

local function outcome(fields)
    local made = { sent = 1000, completed = 1000, failed = 0, lost = 0, waited = 0, mean_ms = 120,
        p50_ms = 100, p99_ms = 99949, max_ms = 99949, cold = 999, missing = 0,
        installed = 12345, errors = 0, counters = { diverted = 999 } }
    for key, value in pairs(fields or {}) do
        made[key] = value
    end
    return made
end

local function policy(label, ...)
    return { label = label, outcomes = { ... } }
end

local function text(...)
    return table.concat(report.lines({ ... }), "\n")
end

describe("the report of a comparison", function()
    it("fits 100 columns, whatever the policies are called", function()
        local long = policy("package_aware,candidates=2018,load_threshold=9", outcome(), outcome())
        local short = policy("package_aware,a=1234567", outcome(), outcome({ mean_ms = 99949 }))
        for _, line in ipairs(report.lines({ short, long })) do
            assert.is_true(text_table.width(line) <= 100, line)
        end
    end)

    it("says what the differences are worth", function()
        local first = policy("one", outcome(), outcome({ mean_ms = 240 }))
        local slower = policy("other", outcome({ mean_ms = 180 }), outcome({ mean_ms = 301 }))
        assert.matches("other: %+33.6 %% ± 3.5 %% in the mean", text(first, slower))
        assert.matches("other: %+0.6 %% in the mean, not distinguishable", text(first,
            policy("other", outcome({ mean_ms = 130 }), outcome({ mean_ms = 232 }))))
    end)

    it("warns where more than 0.5 % were not completed, in red on a terminal", function()
        local policies = { policy("one", outcome({ completed = 990, lost = 10 })) }
        assert.matches("one: over 0.5 %% not completed", table.concat(report.lines(policies), "\n"))
        assert.is_nil(table.concat(report.lines(policies)):find("\27", 1, true))
        assert.truthy(table.concat(report.lines(policies, true)):find("\27[31m", 1, true))
    end)

    it("shows no latency where nothing was completed", function()
        assert.matches("\none +%- +%- +%- +%- +%-", text(policy("one",
            outcome({ completed = 0, lost = 1000 }))))
    end)

    it("explains each of its columns", function()
        local head = report.lines({ policy("one", outcome()) })[1]
        for _, line in ipairs(report.legend()) do
            local title = line:match("^  (%S+)")
            assert.truthy(head:find(title, 1, true), title)
            assert.is_true(text_table.width(line) <= 80, line)
        end
    end)
end)
