-- The figures of a report: each is data that any JSON writer takes, with titles on all axes.
local cjson = require("cjson")
local comparison = require("comparison")
local details = require("lab.details")
local distribution = require("lab.page.figure_distribution")
local functions = require("lab.page.figure_functions")
local means = require("lab.page.figure_means")
local sweep = require("lab.page.figure_sweep")
local time = require("lab.page.figure_time")
local workers = require("lab.page.figure_workers")

local POLICIES = { "round_robin", "package_aware,load_threshold=1", "least_loaded" }

describe("the figures", function()
    local part = comparison.part(POLICIES, 3)
    local single = comparison.part({ "random" }, 1)
    local varied = comparison.part({ "package_aware,load_threshold=1",
        "package_aware,load_threshold=50" }, 2,
        { name = "load_threshold", values = { "1", "50" } })

    it("are whole: traces, axes with titles, a caption", function()
        local list = { means.bars(part), means.differences(part), distribution.curves(part),
            distribution.boxes(part), workers.make(part), time.make(part), sweep.make(varied),
            unpack(functions.list(part)) }
        assert.equal(10, #list)
        for _, figure in ipairs(list) do
            assert.is_string(cjson.encode(figure), figure.title)
            assert.is_true(#figure.traces > 0 and figure.layout.height > 50)
            assert.is_string(figure.caption)
            for name, axis in pairs(figure.layout) do
                if name:find("^[xy]axis") and axis.type ~= "category" then
                    assert.is_true(#axis.title.text > 2, figure.title .. " " .. name)
                end
            end
        end
    end)

    it("show means with intervals where there are several seeds", function()
        local bars = means.bars(part).traces[1]
        assert.same(POLICIES, bars.y)
        assert.near(part.policies[1].latency:mean(), bars.x[1], 0.1)
        assert.equal(3, #bars.error_x.array)
        assert.is_nil(means.bars(single).traces[1].error_x)
        assert.is_nil(means.differences(single))
    end)

    it("show what was measured elsewhere beside", function()
        local referred = setmetatable({ references = { title = "measured",
            least_loaded = { mean_ms = 123 } } }, { __index = part })
        local marks = means.bars(referred).traces[2]
        assert.same({ { 123 }, { "least_loaded" } }, { marks.x, marks.y })
        referred.references.least_loaded = nil
        assert.is_nil(means.bars(referred).traces[2])
    end)

    it("show distributions that rise to 1, and tails that fall", function()
        local traces = distribution.curves(part).traces
        assert.equal(6, #traces)
        assert.equal(1, traces[1].y[#traces[1].y])
        for i = 2, #traces[1].x do
            assert.is_true(traces[1].x[i] >= traces[1].x[i - 1])
            assert.is_true(traces[1].y[i] > traces[1].y[i - 1])
        end
        for _, share in ipairs(traces[2].y) do
            assert.is_true(share > 0) -- a log axis has no place for 0
        end
    end)

    it("show a box for each function, in one order and on one scale", function()
        local list = functions.list(part)
        assert.equal(3, #list)
        assert.equal(3, #list[1].traces[1].x)
        assert.same(list[1].traces[1].x, list[3].traces[1].x)
        assert.same(list[1].layout.yaxis.range, list[3].layout.yaxis.range)
    end)

    it("show the functions that are called most, and no more than can be read", function()
        local kept = details.new()
        for i = 1, 300000 do
            kept:complete("f" .. math.floor(math.sqrt(i)), i, i % 1000)
        end
        local figure = functions.list({ unit = part.unit, looks = part.looks,
            policies = { { label = "x", details = kept } } })[1]
        assert.equal(100, #figure.traces[1].x)
        assert.is_true(#cjson.encode(figure) < 50000)
        assert.matches("^The 100 functions that are called most", figure.caption)
    end)

    it("show each worker, or a falling line where there are many", function()
        local traces = workers.make(part).traces
        assert.equal("bar", traces[1].type)
        assert.equal(200, traces[1].y[1] + traces[1].y[2] + traces[1].y[3])
        local served = {}
        for i = 1, 40 do
            served[i] = i
        end
        local many = { looks = part.looks, policies = { { label = "many",
            outcomes = { { served = served, busy_ms = served } } } } }
        assert.equal("scatter", workers.make(many).traces[1].type)
        assert.equal(40, workers.make(many).traces[1].y[1])
    end)

    it("show what an option does, and how often it did anything", function()
        local traces = sweep.make(varied).traces
        assert.same({ 1, 50 }, traces[1].x)
        assert.is_true(traces[2].y[1] > traces[2].y[2])
        assert.is_nil(sweep.make(part))
    end)

    it("show the values of an option that are no numbers as names", function()
        local named = setmetatable({ vary = { name = "ties", values = { "turn", "first" } } },
            { __index = varied })
        assert.equal("category", sweep.make(named).layout.xaxis.type)
    end)

    it("show what waits, where anything does", function()
        local busy = details.new()
        busy:arrive(0, 3, 2)
        busy:complete("f", 0, 10)
        local figure = time.make({ unit = part.unit, looks = part.looks,
            policies = { { label = "x", details = busy } } })
        assert.same({ 2 }, figure.traces[3].y)
        assert.equal("requests that wait", figure.layout.yaxis3.title.text)
    end)

    it("show the run over time", function()
        local figure = time.make(part)
        assert.equal(6, #figure.traces)
        assert.equal("y2", figure.traces[2].yaxis)
        assert.is_true(figure.traces[1].x[1] < 1)
    end)
end)
