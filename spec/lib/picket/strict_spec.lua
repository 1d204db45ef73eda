local strict = require("picket.strict")

describe("picket.strict", function()
    local methods, new = strict.class("a thing", { weight = 1, parts = {} })

    function methods:twice()
        return self.weight * 2
    end

    it("makes objects with defaults and methods", function()
        assert.equal(2, new({}):twice())
        assert.equal(6, new({ weight = 3 }):twice())
        assert.are_not.equal(new({}).parts, new({}).parts)
    end)

    it("has a field that may be nil where there is one", function()
        local _, result = strict.class("a result", { size = 1 }, "error")
        assert.is_nil(result({}).error)
        assert.equal("no", result({ error = "no" }).error)
        local one = result({})
        one.error = "late"
        assert.equal("late", one.error)
        assert.has_error(function()
            result({ eror = "no" })
        end, 'a result has no field "eror"; did you mean "error"?')
    end)

    it("refuses fields that it does not have, on the line where they are used", function()
        local thing = new({})
        local function wrong(body)
            local _, message = pcall(setfenv(loadstring(body, "=mine.lua"), { thing = thing }))
            return message
        end
        local hint = 'mine.lua:1: a thing has no field "wieght"; did you mean "weight"?'
        assert.equal(hint, wrong("return thing.wieght"))
        assert.equal(hint, wrong("thing.wieght = 2"))
        assert.equal('mine.lua:1: a thing has no field "size"; it has parts, weight',
            wrong("return thing.size"))
        assert.has_error(function()
            new({ wieght = 2 })
        end, 'a thing has no field "wieght"; did you mean "weight"?')
    end)
end)
