local files = require("gateway.files")
local policy_trial = require("lab.policy_trial")
local registry = require("lab.registry")
local scratch = require("scratch")

local KNOWN = registry.new({ resize = { "pillow", "numpy" }, hello = {} })

describe("lab.policy_trial", function()
    local place

    setup(function()
        place = scratch.new()
    end)

    teardown(function()
        place.remove()
    end)

    -- What is said of a policy with this pick and, after it, other text.
    local function said(pick, rest)
        local path = place.write("mine.lua", ("local mine = {}\n%s\nreturn mine\n"):format(
            (pick and "function mine.pick(request, workers) " .. pick .. " end" or "")
                .. (rest or "")))
        local ok, message = policy_trial.run(path, {}, KNOWN)
        assert.equal(ok, not message or nil)
        return message and message:sub(#place.path("") + 1)
    end

    it("finds nothing wrong with any installed policy", function()
        for _, name in ipairs(files.list("lua/policies/", ".lua")) do
            assert.is_true(policy_trial.run(name, {}, KNOWN), name)
        end
    end)

    it("accepts picks of nobody and of those that are full", function()
        assert.is_nil(said("return nil"))
        assert.is_nil(said("return workers[1]"))
    end)

    for _, row in ipairs({
        { "return workers[1].name", 'mine.lua:2: pick returned the text "made-up 1"' },
        { "workers[1].weight = 2", "mine.lua:2: the field weight of a worker is read-only" },
        { "table.sort(workers, function(a, b) return a.inflight < b.inflight end)",
            "mine.lua:2: it changed the list of workers" },
        { "return workers[1].is_free() and nil", "mine.lua:2: is_free was called without" },
        { "return request.packages[1]:len() and nil", "mine.lua:2: attempt to index a nil" },
        { "local _ = workers[2].name", "mine.lua:2: attempt to index a nil" },
        { "while true do end", "mine.lua:2: pick did not return" },
    }) do
        it("says what the gateway says of " .. row[1], function()
            assert.equal(row[2], said(row[1]):sub(1, #row[2]))
        end)
    end

    for _, row in ipairs({
        { " mine.tick_ms = 5 function mine.tick(now) now.x = 1 end",
            "mine.lua:2: attempt to index local 'now'" },
        { " function mine.changed(w) return w[1].name end", "mine.lua:2: attempt to index a nil" },
        { " function mine.done(_, _, outcome) return outcome.latency end",
            'mine.lua:2: the outcome has no field "latency"' },
        { " function mine.done(_, _, outcome) return outcome.error:len() end",
            "mine.lua:2: attempt to index field 'error'" },
        { " function mine.start(_, workers) return workers[1].name end",
            "mine.lua:2: attempt to index a nil" },
    }) do
        it("calls the others as well:" .. row[1], function()
            assert.equal(row[2], said("return workers[1]", row[1]):sub(1, #row[2]))
        end)
    end

    it("says what is wrong with a file that is no policy", function()
        assert.matches("^mine.lua: a policy returns a table", said(nil))
    end)
end)
