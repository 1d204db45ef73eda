local outcomes = require("lab.outcomes")
local summary = require("lab.summary")

local function file_with(text)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    return path
end

describe("the table of outcomes", function()
    it("has a row for each", function()
        local s = summary.new()
        s:add_sent()
        s:add_completed(1500, true, 4)
        local lines = outcomes.lines({ { "round_robin", s:to_table() } })
        assert.equal(2, #lines)
        assert.truthy(lines[2]:find("^round_robin +1 +1.50 s +1.50 s +1.50 s +1 +4$"))
    end)

    it("shows what was not completed", function()
        local s = summary.new()
        s:add_sent()
        assert.truthy(outcomes.lines({ { "x", s:to_table() } })[2]:find(
            "0 of 1 +%- +%- +%- +0 +0"))
    end)

    it("reads what a replay has written", function()
        local s = summary.new()
        local path = file_with(s:to_json())
        assert.equal(0, outcomes.load(path).sent)
        os.remove(path)
    end)

    it("says when it is something else", function()
        local path = file_with("{}")
        assert.truthy(select(2, outcomes.load(path)):find("not an outcome", 1, true))
        os.remove(path)
        assert.is_nil((outcomes.load("/no/file")))
    end)
end)
