local policy_host = require("lab.policy_host")
local scratch = require("scratch")

local WORKERS = { { inflight = 2, weight = 1 }, { inflight = 1, weight = 1 } }
for _, worker in ipairs(WORKERS) do
    function worker.is_free() return true end
end

-- A host of this policy.
local function host_of(source)
    local place = scratch.new()
    local path = place.write("mine.lua", source)
    local host, message = policy_host.new(path, {}, WORKERS, 1)
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
end)
