local policy_host = require("lab.policy_host")
local scratch = require("scratch")

local WORKERS = { { inflight = 2, weight = 1 }, { inflight = 1, weight = 1 } }
for _, worker in ipairs(WORKERS) do
    function worker.is_free() return true end
end

-- A host of this policy.
local function host_of(source, options)
    local place = scratch.new()
    local path = place.write("mine.lua", source)
    local host, message = policy_host.new(path, options or {}, WORKERS, 1)
    place.remove()
    return host, message
end

describe("the host of a policy in the lab", function()
    it("uses the gateway's fallback where the policy fails, and counts that", function()
        for _, source in ipairs({ "return { pick = function() error('no') end }",
            "return { pick = function() return {} end }" }) do
            local host = host_of(source)
            assert.equal(WORKERS[2], host:pick({}))
            assert.equal(1, host.errors)
        end
    end)

    it("lets a policy choose among those that are up only, and tells it who is", function()
        local host = host_of([[
            local all, seen = nil, { changes = 0 }
            return {
                counters = seen,
                start = function(_, workers) all = workers end,
                pick = function() return all[1] end,
                changed = function(workers) seen.changes = #workers end,
            }]])
        assert.equal(WORKERS[1], host:pick({}))
        host:change({ WORKERS[2] })
        assert.equal(WORKERS[2], host:pick({}))
        assert.same({ 1, 1 }, { host.errors, host:counters().changes })
    end)

    it("contains errors in done, tick and changed", function()
        local host = host_of([[return { tick_ms = 10, pick = function() end,
            done = error, tick = error, changed = error }]])
        assert.is_true(host.wants_done)
        host:done({}, WORKERS[1], {})
        host:tick(10)
        host:change(WORKERS)
        assert.equal(3, host.errors)
    end)

    it("refuses what the gateway refuses", function()
        for source, expected in pairs({
            ["return 1"] = "a policy returns a table with the function pick",
            ["return { pick = 1 }"] = "a policy returns a table with the function pick",
            ["return { pick = print, tick = print }"] = "tick is never called without tick_ms",
            ["return { pick = print, done = 1 }"] = "mine.lua: done ",
            ["x = 1"] = "x",
            ["return {"] = "mine.lua:1:",
        }) do
            local host, message = host_of(source)
            assert.is_nil(host)
            assert.truthy(message:find(expected, 1, true), message)
        end
    end)

    it("refuses options that the policy does not read", function()
        local _, message = host_of("return { pick = print }", { ties = "first" })
        assert.truthy(message:find("mine: ties is given", 1, true), message)
    end)

    it("names the installed policies when there is none of a name", function()
        local _, message = policy_host.new("least_loded", {}, {}, 1)
        assert.truthy(message:find('did you mean "least_loaded"', 1, true))
        _, message = policy_host.new("./no.lua", {}, {}, 1)
        assert.truthy(message:find("./no.lua", 1, true))
    end)
end)
