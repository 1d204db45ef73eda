local show = require("gateway.show")

describe("a status as people read it", function()
    local function policy(changes)
        local fields = { name = "mine.lua", generation = 2, errors = 0, fallbacks = 0, losses = 0,
            quarantined = 0, last_error = "" }
        for name, value in pairs(changes) do
            fields[name] = value
        end
        return show.status({ policy = fields, queue = { waiting = 0 }, processes = {},
            workers = {}, version = "1.2", uptime_s = 200, config = "/etc/s.lua",
            listen = { "127.0.0.1:1", "unix:/a" } })
    end

    it("begins with which gateway it is", function()
        assert.matches("^picket 1.2, up for 3 min, listening on 127.0.0.1:1 and unix:/a\n"
            .. "configuration /etc/s.lua\n", policy({}))
    end)

    it("has one line for a policy that does not fail", function()
        assert.matches("\npolicy mine.lua, generation 2, errors: 0, fallbacks: 0\nqueue",
            policy({}))
    end)

    it("tells where a policy failed, how often and for how long", function()
        local text = policy({ errors = 12, fallbacks = 11, losses = 1, since_s = 190.7,
            last_error = "mine.lua:3: oh no" })
        assert.matches("errors: 12, fallbacks: 11", text)
        assert.matches("failing for 3 min, Lua states lost: 1; the last error: mine.lua:3: oh no",
            text)
        assert.not_matches("not called", text)
    end)

    it("tells when a policy is in quarantine", function()
        assert.matches("not called any more until the next reload, in 2 of the proxies",
            policy({ errors = 100, since_s = 1, quarantined = 2 }))
    end)

    for _, row in ipairs({ { 0.2, "0 s" }, { 119, "119 s" }, { 7199, "119 min" },
        { 7200, "2 h" }, { 172800, "2 d" } }) do
        it(("says %s for %s seconds"):format(row[2], row[1]), function()
            assert.matches("failing for " .. row[2], policy({ errors = 1, since_s = row[1] }))
        end)
    end
end)

describe("workers as people read them", function()
    local function worker(changes)
        local fields = { name = "w1", state = "up", reason = "", inflight = 0, weight = 1,
            served = 0, failed = 0, latency_ms = 0, url = "http://h:1" }
        for name, value in pairs(changes) do
            fields[name] = value
        end
        return show.workers({ fields })
    end

    it("are a line each when they serve", function()
        local _, lines = worker({}):gsub("\n", "")
        assert.equal(2, lines)
    end)

    it("are told of when they do not serve", function()
        assert.matches("\n  w1 is down: connection refused\n$",
            worker({ state = "down", reason = "connection refused" }))
    end)

    it("are told of when they are ejected, and until when", function()
        assert.matches("\n  w1 is ejected: 5 attempts failed in a row, tried again in 8 s\n$",
            worker({ state = "ejected", reason = "5 attempts failed in a row",
                returns_in_s = 8.7 }))
    end)
end)
