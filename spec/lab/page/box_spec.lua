local box = require("lab.page.box")

describe("a box", function()
    it("has quartiles between the values", function()
        local made = box.of({ 4, 1, 3, 2 })
        assert.same({ 1, 1.75, 2.5, 3.25, 4 },
            { made.lower, made.q1, made.median, made.q3, made.upper })
        assert.same({}, made.outliers)
    end)

    it("may be of a single value", function()
        local made = box.of({ 7 })
        assert.same({ 7, 7, 7 }, { made.lower, made.median, made.upper })
    end)

    it("has whiskers that end before what lies far away", function()
        local made = box.of({ 1, 2, 3, 4, 5, 100, -90 })
        assert.same({ 1, 5 }, { made.lower, made.upper })
        assert.same({ -90, 100 }, made.outliers)
    end)

    it("has a bounded number of outliers, the outermost", function()
        local values = {}
        for i = 1, 100 do
            values[i] = i > 80 and 1000 + i or 10 + i % 3
        end
        local outliers = box.of(values).outliers
        assert.equal(8, #outliers)
        assert.equal(1100, outliers[8])
    end)
end)
