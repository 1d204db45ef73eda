local aggregate = require("lab.aggregate")
local comparison = require("comparison")
local tables = require("lab.page.tables")

-- The exact values of a row's cells, by key.
local function cells_of(html, policy)
    local row = html:match('<tr[^>]-data%-policy="' .. policy .. '".->(.-)</tr>')
    local cells = {}
    for key, value in row:gmatch('data%-key="([%w_]+)" data%-value="([^"]+)"') do
        cells[key] = tonumber(value)
    end
    return cells
end

describe("the tables", function()
    local policies = comparison.run({ "round_robin", "package_aware" }, 2)

    it("hold the very numbers", function()
        local text = tables.measures(policies, "latency", "x")
        for key, value in pairs(cells_of(text, "package_aware")) do
            assert.near(aggregate.means(policies[2].outcomes)[key].mean, value, 1e-9, key)
        end
        assert.equal(200, cells_of(tables.measures(policies, "requests", "x"), "round_robin").sent)
    end)

    it("are red where more than 0.5 % were not completed", function()
        local lossy = { { label = "x", outcomes = { { sent = 100, completed = 98, failed = 0,
            lost = 2, waited = 0, cold = 0, missing = 0 } } } }
        assert.matches('<tr class="doubtful"', tables.measures(lossy, "requests", "x"))
        assert.not_matches("doubtful", tables.measures(policies, "requests", "x"))
    end)

    it("leave out what applies to none", function()
        assert.matches(">diverted<", tables.measures(policies, "workers", "x"))
        assert.not_matches(">diverted<", tables.measures({ policies[1] }, "workers", "x"))
    end)

    it("show each worker unless there are many", function()
        assert.matches("worker 3<", tables.workers(policies))
        local served = {}
        for i = 1, 13 do
            served[i] = 1
        end
        assert.equal("", tables.workers({ { outcomes = { { served = served } } } }))
    end)

    it("say how policies differ from the first", function()
        assert.matches("in the mean", tables.differences(policies))
        assert.equal("", tables.differences({ policies[1] }))
    end)

    it("may be of any texts", function()
        local text = tables.plain({ { "a", "b" }, { "x<", "1" } }, "caption")
        assert.matches("<thead><tr><th>a</th><th>b</th></tr></thead>", text)
        assert.matches("<tr><th>x&lt;</th><td>1</td></tr>", text)
    end)
end)
