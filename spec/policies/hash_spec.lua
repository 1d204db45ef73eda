local chance = require("chance")
local fakes = require("picket.fakes")

local function started(options, workers)
    local policy = fakes.load("hash", options, workers)
    return function(fields)
        return policy.pick(fakes.request(fields), workers)
    end, policy
end

-- Whether two of many different values of a field go to different workers, and equal ones to one.
local function assert_decides(options, vary)
    local pick = started(options, fakes.workers(8))
    local seen, workers = {}, 0
    for i = 1, 40 do
        local worker = pick(vary(i))
        assert.equal(worker, pick(vary(i)))
        workers = workers + (seen[worker] and 0 or 1)
        seen[worker] = true
    end
    assert.is_true(workers >= 6)
end

local function assert_ignores(options, vary)
    local pick = started(options, fakes.workers(8))
    for i = 2, 40 do
        assert.equal(pick(vary(1)), pick(vary(i)))
    end
end

describe("hash", function()
    it("sends a function to one worker, whatever else the request has", function()
        assert_decides({}, function(i)
            return { func = "f" .. i }
        end)
        assert_ignores({}, function(i)
            return { func = "f", path = "/run/f/" .. i, client = "10.0.0." .. i }
        end)
    end)

    it("sends a path to one worker, without its query", function()
        assert_decides({ key = "path" }, function(i)
            return { path = "/run/f/" .. i }
        end)
        assert_ignores({ key = "path" }, function(i)
            return { path = "/run/f?page=" .. i, func = "f" .. i }
        end)
    end)

    it("sends a client to one worker", function()
        assert_decides({ key = "client" }, function(i)
            return { client = "10.0.0." .. i }
        end)
        assert_ignores({ key = "client" }, function(i)
            return { func = "f" .. i }
        end)
    end)

    it("sends a header's value to one worker", function()
        assert_decides({ key = "header:X-Session" }, function(i)
            return { headers = { ["x-session"] = "s" .. i } }
        end)
        assert_ignores({ key = "header:X-Session" }, function(i)
            return { headers = { ["X-Session"] = "s" }, func = "f" .. i }
        end)
    end)

    it("lets requests without the header take turns", function()
        local workers = fakes.workers(3)
        local policy = fakes.load("hash", { key = "header:X-Session" }, workers)
        assert.same({ "w1", "w2", "w3", "w1" },
            fakes.sequence(policy, workers, 4, fakes.request()))
        assert.same({ "w2", "w3" }, fakes.sequence(policy, workers, 2,
            fakes.request({ headers = { ["X-Session"] = "" } })))
    end)

    it("takes the next worker in the key's order while the first is full, and then the first again",
        function()
            local pick = started({}, fakes.workers(4))
            local first = pick()
            first.capacity = 0
            local second = pick()
            assert.are_not.equal(first, second)
            assert.equal(second, pick())
            first.capacity = 1
            assert.equal(first, pick())
        end)

    it("gives workers keys as their weights are", function()
        local workers = fakes.workers({ {}, { weight = 4 } })
        local policy = fakes.load("hash", {}, workers)
        local counts = fakes.tally(policy, workers, 5000, function(i)
            return fakes.request({ func = "f" .. i })
        end)
        assert.is_true(chance.fits(counts.w1, 5000, 1 / 5))
    end)

    it("keeps the keys of workers that stay", function()
        local workers = fakes.workers(5)
        local pick, policy = started({}, workers)
        local before = {}
        for i = 1, 200 do
            before[i] = pick({ func = "f" .. i })
        end
        local left = table.remove(workers, 4)
        policy.changed(workers)
        for i = 1, 200 do
            assert.is_true(before[i] == left or before[i] == pick({ func = "f" .. i }))
        end
        table.insert(workers, left)
        policy.changed(workers)
        for i = 1, 200 do
            assert.equal(before[i], pick({ func = "f" .. i }))
        end
    end)

    it("refuses other keys", function()
        for _, key in ipairs({ "func", "header", "header:", "header:X Y", "Header:X" }) do
            assert.has_error(function()
                started({ key = key }, {})
            end, 'options of hash: key must be "function", "path", "client" or "header:NAME", not "'
                .. key .. '"')
        end
    end)
end)
