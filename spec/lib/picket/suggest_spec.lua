local suggest = require("picket.suggest")

describe("picket.suggest", function()
    local names = { "candidates", "load_threshold", "ties" }

    it("finds the word with a letter dropped, added, changed or swapped", function()
        for _, word in ipairs({ "tie", "tiess", "tyes", "teis", "Ties" }) do
            assert.equal("ties", suggest.nearest(word, names))
        end
        assert.equal("load_threshold", suggest.nearest("load_treshhold", names))
    end)

    it("finds none when none is near", function()
        assert.is_nil(suggest.nearest("weight", names))
        assert.is_nil(suggest.nearest("", names))
        assert.is_nil(suggest.nearest("ties", {}))
    end)

    it("takes the first of equally near words", function()
        assert.equal("rise", suggest.nearest("ride", { "rise", "rice" }))
    end)

    it("ends a message with the word, or with nothing", function()
        assert.equal('; did you mean "ties"?', suggest.hint("tie", names))
        assert.equal("", suggest.hint("weight", names))
    end)

    it("tells which fields there are, or which was meant", function()
        assert.equal('a worker has no field "x"; it has name, url',
            suggest.no_field("a worker", "x", { "name", "url" }))
        assert.equal('a worker has no field "nmae"; did you mean "name"?',
            suggest.no_field("a worker", "nmae", { "name", "url" }))
    end)
end)
