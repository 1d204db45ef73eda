local retries = require("lab.retries")

local WORKERS = { { name = "a" }, { name = "b" }, { name = "c" }, { name = "d" } }

local function request()
    return { func = "f", attempt = 1, tried = false }
end

describe("a retry", function()
    it("is allowed twice, to workers that were not tried", function()
        local rules, r = retries.new(), request()
        assert.is_true(rules:allow(r, WORKERS[1], WORKERS))
        assert.is_true(r.tried[WORKERS[1]])
        assert.equal(2, r.attempt)
        assert.is_true(rules:allow(r, WORKERS[2], WORKERS))
        assert.is_false(rules:allow(r, WORKERS[3], WORKERS))
        assert.equal(2, rules.count)
    end)

    it("needs another worker", function()
        assert.is_false(retries.new():allow(request(), WORKERS[1], { WORKERS[1] }))
    end)

    it("is a fifth of the requests at most, but for a reserve of ten", function()
        local rules, allowed = retries.new(), 0
        for _ = 1, 100 do
            rules:earn()
            allowed = allowed + (rules:allow(request(), WORKERS[1], WORKERS) and 1 or 0)
        end
        assert.near(30, allowed, 1)
    end)

    it("avoids a worker that said 429 for this function, for a second", function()
        local rules, r = retries.new(), request()
        rules:close(1000, "f", WORKERS[1])
        assert.same({ [WORKERS[1]] = true }, rules:avoided(r, 1500, WORKERS))
        assert.is_false(rules:avoided({ func = "g", tried = false }, 1500, WORKERS))
        assert.is_false(rules:avoided(r, 2000, WORKERS))
        assert.is_false(rules.has_closed)
    end)

    it("does not avoid all of them", function()
        local rules = retries.new()
        rules:close(0, "f", WORKERS[1])
        assert.is_false(rules:avoided(request(), 1, { WORKERS[1] }))
    end)
end)
