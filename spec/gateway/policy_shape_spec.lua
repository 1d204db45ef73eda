local policy_shape = require("gateway.policy_shape")

local function pick()
end

describe("gateway.policy_shape", function()
    it("accepts what has a pick", function()
        for _, policy in ipairs({
            { pick = pick }, { pick = pick, tick = pick, tick_ms = 1 },
            { pick = pick, headers = { "X-Load" }, of_its_own = pick },
        }) do
            assert.equal(policy, policy_shape.check(policy, "mine.lua"))
        end
    end)

    it("says what is missing or of the wrong kind", function()
        for message, policy in pairs({
            ["start must be a function, not a number"] = { pick = pick, start = 1 },
            ["tick_ms must be from 1 to 86400000"] = { pick = pick, tick_ms = 0 },
            ["tick is never called without tick_ms, such as tick_ms = 1000"] =
                { pick = pick, tick = pick },
            ["headers must list names of headers, not a number"] = { pick = pick, headers = { 1 } },
        }) do
            assert.has_error(function()
                policy_shape.check(policy, "mine.lua")
            end, "mine.lua: " .. message)
        end
    end)

    it("says what there is in place of a table with pick", function()
        for _, row in ipairs({
            { 'this file returns nothing; end it with "return" and the table', nil },
            { "this file returns a number", 1 },
            { "here pick is a number", { pick = 1 } },
            { "this one has none", { choose = pick } },
            { 'this one has none; did you mean "pick" by "Pick"?', { Pick = pick } },
        }) do
            assert.has_error(function()
                policy_shape.check(row[2], "mine.lua")
            end, "mine.lua: a policy returns a table with the function pick, and " .. row[1])
        end
    end)

    it("refuses what takes itself for the request", function()
        local mine = {}
        function mine:pick()
            return self
        end
        assert.error_matches(function()
            policy_shape.check(mine, "mine.lua")
        end, "pick is declared with a colon; with a dot", 1, true)
    end)

    it("doubts functions that are named almost like those that are called", function()
        assert.equal('mine.lua: warning: the gateway calls no function chagned; did you mean '
            .. '"changed"?', policy_shape.doubt({ pick = pick, chagned = pick }, "mine.lua"))
        assert.is_nil(policy_shape.doubt({ pick = pick, done = pick, helper = pick }, "mine.lua"))
        assert.is_nil(policy_shape.doubt({ pick = pick, chagned = 1 }, "mine.lua"))
    end)
end)
