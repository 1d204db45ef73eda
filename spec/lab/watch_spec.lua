local ffi = require("ffi")
local watch = require("lab.watch")

local memory = watch.memory()

-- What the lab's timer would see just now.
local function place()
    return memory.place ~= nil and ffi.string(memory.place) or nil
end

describe("the watch over policies", function()
    it("knows the line of a function", function()
        local func = load("local mine\n\nreturn function() end", "=mine.lua")()
        assert.equal("mine.lua:3: pick", watch.place("pick", func))
        assert.equal("mine.lua:1: loading it",
            watch.place("loading it", load("return 1", "=mine.lua")))
    end)

    it("tells which function runs, as long as it does", function()
        local ok, seen = watch.call("mine.lua:3: pick", place)
        assert.same({ true, "mine.lua:3: pick" }, { ok, seen })
        assert.is_nil(place())
    end)

    it("tells calls of one function apart", function()
        local function calls()
            return memory.calls
        end
        local _, first = watch.call("here", calls)
        local _, second = watch.call("here", calls)
        assert.not_equal(first, second)
    end)

    it("watches none that has failed", function()
        assert.is_false((watch.call("here", error, "no")))
        assert.is_nil(place())
    end)
end)
