local faults = require("lab.faults")

-- A site whose worker crashes at these times.
local function site_crashing(times)
    local at = 0
    return { model = {
        settings = { down = 100 }, stopped = {},
        stop = function(self, now) table.insert(self.stopped, now) end,
        chance = { next_crash = function()
            at = at + 1
            return times[at] or math.huge
        end },
    } }
end

describe("faults", function()
    it("take workers away and bring them back, in order", function()
        local events = {}
        local one, other = site_crashing({ 50, 300 }), site_crashing({ 120 })
        local plan = faults.new({ one, other }, {
            on_crash = function(site, now) table.insert(events, { "crash", site == one, now }) end,
            on_return = function(site, now) table.insert(events, { "back", site == one, now }) end,
        })
        while plan.next_at < math.huge do
            plan:advance(plan.next_at)
        end
        assert.same({
            { "crash", true, 50 }, { "crash", false, 120 }, { "back", true, 150 },
            { "back", false, 220 }, { "crash", true, 300 }, { "back", true, 400 },
        }, events)
        assert.same({ 50, 300 }, one.model.stopped)
        assert.is_false(one.is_gone)
    end)

    it("are none where no worker crashes", function()
        assert.equal(math.huge, faults.new({ site_crashing({}) }, {}).next_at)
    end)
end)
