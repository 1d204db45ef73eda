local membership = require("lab.membership")
local random = require("lab.random")

-- So many sites, and the names that were published last.
local function make(count)
    local sites, seen = {}, {}
    for i = 1, count do
        sites[i] = { worker = "w" .. i }
    end
    local m = membership.new(sites, random.new(1), function(workers, now)
        seen.workers, seen.at = table.concat(workers, " "), now
    end)
    return m, sites, seen
end

local function run(m, last)
    while m.next_at <= last do
        m:advance(m.next_at)
    end
end

local function fail(m, site, now, times)
    for _ = 1, times do
        m:failed(site, now)
    end
end

describe("membership", function()
    it("has nothing to do while all is well", function()
        assert.equal(math.huge, (make(2)).next_at)
    end)

    it("finds out after some checks that a worker is gone, and that it is back", function()
        local m, sites, seen = make(2)
        m:gone(sites[1], 1000)
        run(m, 1000 + 2499)
        assert.is_nil(seen.workers)
        run(m, 1000 + 7500)
        assert.equal("w2", seen.workers)
        m:back(sites[1], 20000)
        run(m, 20000 + 2500)
        assert.equal("w1 w2", seen.workers)
        assert.is_true(seen.at >= 21250)
    end)

    it("does not notice who is back before the checks were sure", function()
        local m, sites, seen = make(2)
        m:gone(sites[1], 0)
        m:back(sites[1], 100)
        run(m, 1e6)
        assert.is_nil(seen.workers)
    end)

    it("ejects who fails five times in a row, for ten seconds", function()
        local m, sites, seen = make(3)
        fail(m, sites[2], 100, 4)
        assert.equal(math.huge, m.next_at)
        fail(m, sites[2], 110, 1)
        run(m, 150)
        assert.same({ "w1 w3", 150 }, { seen.workers, seen.at })
        run(m, 10150)
        assert.same({ "w1 w2 w3", 10150 }, { seen.workers, seen.at })
        fail(m, sites[2], 10160, 5)
        run(m, 30199)
        assert.equal("w1 w3", seen.workers)
        run(m, 30200)
        assert.equal("w1 w2 w3", seen.workers)
    end)

    it("ejects no more than half, and never the last", function()
        local m, sites, seen = make(4)
        for _, site in ipairs(sites) do
            fail(m, site, 0, 5)
        end
        run(m, 50)
        assert.equal("w3 w4", seen.workers)
        m, sites, seen = make(1)
        fail(m, sites[1], 0, 5)
        run(m, 50)
        assert.is_nil(seen.workers)
    end)

    it("tries the ejected again when nobody else is left", function()
        local m, sites, seen = make(2)
        fail(m, sites[1], 0, 5)
        run(m, 50)
        assert.equal("w2", seen.workers)
        m:gone(sites[2], 50)
        run(m, 8000)
        assert.equal("w1", seen.workers)
    end)
end)
