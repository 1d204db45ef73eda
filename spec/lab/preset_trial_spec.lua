local preset = require("lab.preset")
local scratch = require("scratch")

local MODEL = '{ name = "w1", machine = 1, settings = { speed = 1 }, %s }'
local REST = ', workload = print, text = "x", requests = 1 }'

describe("a preset of one's own", function()
    -- Why it is refused, without the file's name.
    local function message(workers, registry)
        local source = ("return {\nworkers = function() %s end,\nregistry = function() %s end%s")
            :format(workers, registry or 'return { names = { "f" } }', REST)
        return scratch.with(source, function(path)
            local made, text = preset.load(path)
            return not made and text:gsub("^" .. path:gsub("%p", "%%%0"), "FILE") or nil
        end)
    end

    local function with(fields)
        return message("return { " .. MODEL:format(fields) .. " }")
    end

    it("is taken when it can be run", function()
        assert.is_nil(with("weight = 2, capacity = 8"))
    end)

    it("needs workers that can be simulated", function()
        local none = "FILE:2: workers must return a list of at least one worker"
        assert.equal(none, message(""))
        assert.equal(none, message("return {}"))
        assert.equal("FILE:2: worker 1: capacity must be a whole number from 1, not 0",
            with("capacity = 0"))
        assert.equal("FILE:2: worker 1: weight must be a whole number from 1, not -1",
            with("weight = -1"))
        assert.equal("FILE:2: worker 1: machine must be a whole number from 1, not 0",
            with("machine = 0"))
        assert.truthy(with("settings = { speed = -1 }"):find("a speed above 0", 1, true))
        local one = MODEL:format("")
        assert.equal('FILE:2: worker 2 has the name of another, "w1"',
            message("return { " .. one .. ", " .. one .. " }"))
    end)

    it("needs functions", function()
        local one = "return { " .. MODEL:format("") .. " }"
        assert.equal("FILE:3: registry must return a registry of at least one function",
            message(one, "return { names = {} }"))
    end)

    it("that fails says where", function()
        assert.truthy(message('error("no luck")'):find("FILE:2: no luck", 1, true))
    end)
end)
