local plan = require("lab.plan")
local scratch = require("scratch")

-- "f 0, g 100": what a plan sends.
local function text_of(options)
    local parts = {}
    local next_request, count = assert(plan.load(options))
    for due, func in next_request do
        parts[#parts + 1] = ("%s %g"):format(func, due)
    end
    assert.equal(count, #parts)
    return table.concat(parts, ", ")
end

describe("a plan", function()
    it("calls the functions of a registry at a rate", function()
        scratch.with('[{"handle": "f"}]', function(path)
            assert.equal("f 0, f 500, f 1000",
                text_of({ registry = path, seed = 1, rate = 2, count = 3 }))
            assert.equal(1493, select(2, plan.load({ registry = path, seed = 1 })))
        end)
    end)

    it("sends what a trace says, or so many of them, or at another rate", function()
        scratch.with("func,start_ms\nf,0\ng,10\nh,40\n", function(path)
            assert.equal("f 0, g 10, h 40", text_of({ trace = path, seed = 1 }))
            assert.equal("f 0, g 10", text_of({ trace = path, seed = 1, count = 2 }))
            assert.equal("f 0, g 500, h 2000", text_of({ trace = path, seed = 1, rate = 1 }))
        end)
    end)

    it("sends a preset's requests", function()
        assert.equal(1493, select(2, plan.load({ preset = "thesis2018", seed = 1 })))
        assert.equal(10, select(2, plan.load({ preset = "azure2021", seed = 1, count = 10 })))
    end)

    it("says what is wrong with a file", function()
        assert.is_nil((plan.load({ registry = "/no/file", seed = 1 })))
        assert.is_nil((plan.load({ trace = "/no/file", seed = 1 })))
        assert.is_nil((plan.load({ preset = "nosuch", seed = 1 })))
    end)
end)
