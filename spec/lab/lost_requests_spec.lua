local lost_requests = require("lab.lost_requests")
local registry = require("lab.registry")

local KNOWN = registry.new({ heavy = { "a", "b", "c" }, light = { "a" }, plain = {} })

-- Requests in slots of 200 ms, a few ms off; those without a name are not in the log.
local function log_of(names)
    local list = {}
    for slot, name in ipairs(names) do
        if name ~= "" then
            table.insert(list, { due = slot * 200 + slot % 7, func = name })
        end
    end
    return list
end

local function names_of(count, without)
    local names = {}
    for i = 1, count do
        names[i] = i % 3 == 1 and "plain" or i % 3 == 2 and "light" or "heavy"
    end
    for _, at in ipairs(without) do
        names[at] = ""
    end
    return names
end

describe("requests that a log lacks", function()
    it("are added where they were sent, of the functions that are called too seldom", function()
        local list = log_of(names_of(60, { 6, 12, 14 }))
        assert.equal(3, lost_requests.add(list, KNOWN))
        assert.equal(60, #list)
        local calls = { plain = 0, light = 0, heavy = 0 }
        for i, request in ipairs(list) do
            assert.near(i * 200, request.due, 8)
            calls[request.func] = calls[request.func] + 1
        end
        assert.same({ plain = 20, light = 20, heavy = 20 }, calls)
    end)

    it("are of those with most packages before others", function()
        local list = log_of(names_of(60, { 5, 6, 8, 9 }))
        table.remove(list) -- heavy; it is not known that anything was sent then
        assert.equal(4, lost_requests.add(list, KNOWN))
        local heavy = 0
        for _, request in ipairs(list) do
            heavy = heavy + (request.func == "heavy" and 1 or 0)
        end
        assert.equal(20, heavy)
    end)

    it("are none where all slots are taken, or there are no slots", function()
        local list = log_of(names_of(60, {}))
        assert.equal(0, lost_requests.add(list, KNOWN))
        list = {}
        for i = 1, 60 do
            list[i] = { due = i * i, func = "plain" }
        end
        assert.equal(0, lost_requests.add(list, KNOWN))
        assert.equal(60, #list)
        assert.equal(0, lost_requests.add({ { due = 0, func = "plain" } }, KNOWN))
    end)
end)
