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

    it("are none when nothing was run", function()
        assert.same({}, sections.of({ policies = { { outcomes = {} } } }))
    end)
end)
