local help = require("lab.help")
local text_table = require("lab.table")

describe("the help of picket lab", function()
    local texts = { help.overview() }
    for _, name in ipairs(help.commands) do
        texts[#texts + 1] = help.of(name)
    end

    it("tells of every command", function()
        for _, name in ipairs(help.commands) do
            assert.matches("\n  " .. name .. " +%l", texts[1])
            assert.matches("^usage: picket lab " .. name, help.of(name))
        end
        assert.is_nil(help.of("nosuch"))
    end)

    it("fits 80 columns", function()
        for _, text in ipairs(texts) do
            for line in text:gmatch("[^\n]+") do
                assert.is_true(text_table.width(line) <= 80, line)
            end
        end
    end)

    it("explains the columns", function()
        assert.matches("\n  diverted +requests", help.of("compare"))
    end)
end)
