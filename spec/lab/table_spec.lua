local text_table = require("lab.table")

describe("a text table", function()
    it("aligns names to the left and numbers to the right", function()
        assert.same({
            "policy  mean",
            "a          1",
            "bcd       22",
        }, text_table.lines({ { "policy", "mean" }, { "a", 1 }, { "bcd", 22 } }))
    end)

    it("lets a single cell stand for itself", function()
        assert.same({ "a  b", "a long name", "   1" },
            text_table.lines({ { "a", "b" }, { "a long name" }, { "", 1 } }))
    end)

    it("counts characters and not bytes", function()
        assert.same({ "±  x", "a  y" }, text_table.lines({ { "±", "x" }, { "a", "y" } }))
    end)
end)
