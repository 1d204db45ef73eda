local options = require("picket.options")

local RULES = {
    ties = options.choice("turn", "first"),
    limit = options.number(100, 0),
    share = options.number(0.5, 0, 1),
    strict = options.flag(true),
    key = options.text("function", 'be "function" or "header:NAME"', function(text)
        return text == "function" or text:find("^header:.") ~= nil
    end),
}

local function message(given, rules)
    local ok, text = pcall(options.check, "mine", given, rules or RULES)
    assert.is_false(ok)
    return text
end

describe("picket.options", function()
    it("completes what is given with defaults", function()
        local settings = options.check("mine", { limit = 5, strict = false }, RULES)
        assert.same(
            { ties = "turn", limit = 5, share = 0.5, strict = false, key = "function" }, settings)
    end)

    it("takes any text where nothing else is asked", function()
        local rules = { key = options.text("id") }
        assert.equal("other", options.check("mine", { key = "other" }, rules).key)
        assert.matches("key must be a text", message({ key = 1 }, rules))
    end)

    it("takes no options for none", function()
        assert.same({}, options.check("mine", nil, {}))
        assert.equal("turn", options.check("mine", nil, RULES).ties)
    end)

    it("says what is allowed instead of a wrong value", function()
        for _, row in ipairs({
            { { ties = "last" }, 'ties must be "turn" or "first", not "last"' },
            { { ties = 1 }, 'ties must be "turn" or "first", not 1' },
            { { limit = -1 }, 'limit must be a number from 0 up, not -1' },
            { { limit = "5" }, 'limit must be a number from 0 up, not "5"' },
            { { limit = {} }, 'limit must be a number from 0 up, not a table' },
            { { share = 2 }, 'share must be a number from 0 to 1, not 2' },
            { { strict = "yes" }, 'strict must be true or false, not "yes"' },
            { { key = "header:" }, 'key must be "function" or "header:NAME", not "header:"' },
            { { key = false }, 'key must be "function" or "header:NAME", not false' },
        }) do
            assert.equal("options of mine: " .. row[2], message(row[1]))
        end
    end)

    it("refuses NaN as a number", function()
        assert.truthy(message({ limit = 0 / 0 }):find("must be a number from 0 up", 1, true))
    end)

    it("suggests the option that was meant", function()
        assert.equal('options of mine: "tie" is unknown; did you mean "ties"?',
            message({ tie = "turn" }))
    end)

    it("lists the options when none is like the unknown one", function()
        assert.equal('options of mine: "zebra" is unknown; there are key, limit, share, strict, '
            .. "ties", message({ zebra = 1 }))
        assert.equal('options of mine: "zebra" is unknown; it has none', message({ zebra = 1 }, {}))
    end)

    it("names an option that was given by position", function()
        assert.equal("options of mine: 1 is unknown; it has none", message({ "first" }, {}))
    end)

    it("refuses options that nobody reads", function()
        options.check_read("mine", {}, {})
        options.check_read("mine", { start = print }, { limit = 1 })
        assert.has_error(function()
            options.check_read("mine", {}, { limit = 1 })
        end, 'options of mine: "limit" is given, but the policy has no start(options) that would '
            .. "read it")
    end)

    it("names the same one of several mistakes each time", function()
        assert.truthy(message({ limit = -1, share = 2, ties = "last" }):find("limit", 1, true))
    end)
end)
