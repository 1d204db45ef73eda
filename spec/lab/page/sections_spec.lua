local comparison = require("comparison")
local sections = require("lab.page.sections")

describe("the sections of a report", function()
    it("have headings, tables and figures", function()
        local figures, texts = 0, 0
        for _, section in ipairs(sections.of({
            policies = comparison.run({ "round_robin", "random" }, 2) })) do
            assert.is_string(section.heading)
            for _, block in ipairs(section) do
                figures = figures + (type(block) == "table" and 1 or 0)
                texts = texts + (type(block) == "string" and 1 or 0)
            end
        end
        assert.same({ 8, 5 }, { figures, texts })
    end)

    it("draw what was measured beside what was simulated", function()
        local policies = comparison.run({ "round_robin", "random" }, 1)
        local other = comparison.run({ "least_loaded" }, 1)[1]
        other.label = "round_robin (measured)"
        local titles = {}
        for _, section in ipairs(sections.of({ policies = policies, is_timeless = true,
            measured = { round_robin = other } })) do
            for _, block in ipairs(section) do
                titles[#titles + 1] = type(block) == "table" and block.title or nil
            end
        end
        assert.same({ "Mean latency", "Distribution of latencies", "Latencies of all functions",
            "Latency by function: round_robin", "Latency by function: round_robin (measured)",
            "Latency by function: random", "Requests and busy time of each worker" }, titles)
    end)

    it("are none when nothing was run", function()
        assert.same({}, sections.of({ policies = { { outcomes = {} } } }))
    end)
end)
