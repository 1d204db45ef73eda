local fakes = require("picket.fakes")
local shares = require("picket.shares")

local function laid_out(...)
    local workers = {}
    for i, weight in ipairs({ ... }) do
        workers[i] = { weight = weight }
    end
    local line = shares.new()
    line:changed(fakes.workers(workers))
    return line
end

local function places(line, points)
    local found = {}
    for i, point in ipairs(points) do
        found[i] = line:at(point)
    end
    return found
end

describe("picket.shares", function()
    it("gives every worker a stretch as long as its weight", function()
        local line = laid_out(2, 1, 3)
        assert.equal(6, line.total)
        assert.same({ 1, 1, 2, 3, 3, 3 }, places(line, { 0, 1.99, 2, 3, 4, 5.99 }))
    end)

    it("finds equal stretches as it finds others", function()
        assert.same({ 1, 1, 2, 3 }, places(laid_out(2, 2, 2), { 0, 1.99, 2, 5.99 }))
        assert.same({ 1, 2, 2 }, places(laid_out(0.5, 0.5), { 0.49, 0.5, 0.99 }))
    end)

    it("keeps to the last worker when rounding reaches the end", function()
        assert.equal(3, laid_out(0.1, 0.1, 0.1):at(0.1 * 3))
        assert.equal(2, laid_out(0.1, 0.7):at(0.1 + 0.7))
    end)

    it("knows whether all weights are whole", function()
        assert.is_true(laid_out(1, 2).whole)
        assert.is_false(laid_out(1, 2.5).whole)
    end)

    it("has no worker at any point when there is none", function()
        assert.equal(0, shares.new():at(0))
        assert.equal(0, laid_out():at(0))
        assert.equal(0, laid_out().total)
    end)

    it("follows a change of members and weights", function()
        local line = laid_out(1, 1, 1)
        line:changed(fakes.workers({ { weight = 3 } }))
        assert.equal(3, line.total)
        assert.equal(1, line:at(2.5))
    end)
end)
