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

    it("gives long names lines of their own where it would be too wide", function()
        local name, cell = ("n"):rep(25), ("c"):rep(60)
        assert.same({ "p" .. (" "):rep(26) .. ("h"):rep(60), name .. "  " .. cell },
            text_table.narrow({ { "p", ("h"):rep(60) }, { name, cell } }))
        local wide = ("h"):rep(80)
        assert.same({ "p  " .. wide, name, "   " .. wide },
            text_table.narrow({ { "p", wide }, { name, wide } }))
    end)

    it("counts characters and not bytes", function()
        assert.same({ "±  x", "a  y" }, text_table.lines({ { "±", "x" }, { "a", "y" } }))
    end)
end)
