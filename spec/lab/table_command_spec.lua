local command = require("lab.command")
local files = require("gateway.files")
local replay = require("lab.replay")
local scratch = require("scratch")

-- What a replay of two requests wrote as JSON.
local function outcome_of(place, latency_ms)
    local made = assert(replay.new({ registry = place.write("r.json", '[{"handle": "f"}]'),
        seed = 1, rate = 10, count = 2, label = "" }))
    for number = 1, 2 do
        made:next_request()
        made:sent()
        made:answered(number, 200, latency_ms, false, 0)
    end
    return made:finish("json")
end

describe("picket lab table", function()
    local place, written
    before_each(function()
        place, written = scratch.new(), ""
        os.execute("mkdir " .. place.path("charts"))
        place.write("charts/plotly.min.js", "library")
        place.write("charts/LICENSE", "licence")
    end)
    after_each(function() place.remove() end)

    local function run(...)
        local stream = {
            write = function(_, ...) written = written .. table.concat({ ... }) end,
        }
        return command.main({ "table", ... },
            { out = stream, err = stream, share = place.directory, date = os.date })
    end

    it("shows replays side by side, and draws them", function()
        local report = place.path("a.html")
        assert.equal(0, run("slow=" .. place.write("a.json", outcome_of(place, 200)),
            "--report", report, "fast=" .. place.write("b.json", outcome_of(place, 10))))
        assert.matches("\nslow +2 +200 ms", written)
        local text = assert(files.read(report))
        for _, title in ipairs({ "Mean latency", "Distribution of latencies", "Over time",
            "Latency by function: fast" }) do
            assert.truthy(text:find(title, 1, true), title)
        end
        assert.is_nil(text:find("busy time", 1, true)) -- nobody knows the workers
        assert.equal(0, run("--report=" .. report, "a=" .. place.path("a.json")))
    end)

    it("refuses what it cannot read", function()
        assert.equal(2, run())
        assert.equal(2, run("a.json"))
        assert.equal(1, run("a=/no/file"))
        local path = place.write("old.json", '{"sent": 1, "completed": 0}')
        assert.equal(1, run("a=" .. path, "--report", place.path("a.html")))
        assert.matches("a: its file has nothing to draw; replay it again\n$", written)
    end)
end)
