local json_text = require("gateway.json_text")

describe("gateway.json_text", function()
    it("counts keys, and no colons in strings", function()
        assert.equal(0, json_text.count_keys('["a:b", "\\":", "\\\\", ":"]'))
        assert.equal(3, json_text.count_keys('{"a:": {"\\"b" : 1}, "c": ":"}'))
    end)

    it("gives line and column of a byte", function()
        local text = "ab\n\ncd"
        assert.same({ 1, 1 }, { json_text.position(text, 1) })
        assert.same({ 1, 2 }, { json_text.position(text, 2) })
        assert.same({ 3, 2 }, { json_text.position(text, 6) })
    end)

    it("finds the line of an entry or a key", function()
        local text = '[\n{"a": [1, 2]},\n3,\n"x, [{",\n[\n[], {}],\n{"b":\n{"c":\n1}}]'
        assert.equal(2, json_text.line(text, { 1 }))
        assert.equal(3, json_text.line(text, { 2 }))
        assert.equal(4, json_text.line(text, { 3 }))
        assert.equal(5, json_text.line(text, { 4 }))
        assert.equal(6, json_text.line(text, { 4, 2 }))
        assert.equal(7, json_text.line(text, { 5 }))
        assert.equal(8, json_text.line(text, { 5, "b", "c" }))
        assert.is_nil(json_text.line(text, { 6 }))
        assert.is_nil(json_text.line(text, { 5, "c" }))
        assert.is_nil(json_text.line(text, {}))
    end)

    it("finds the key that one object has twice", function()
        assert.same({ "b", 3 }, { json_text.twice('{"a": {"b": 1},\n"b": {"a": 1},\n"b": 2}') })
        assert.is_nil(json_text.twice('[{"a": 1}, {"a": 1, "b": ["a", "a", ":", "b"]}]'))
    end)
end)
