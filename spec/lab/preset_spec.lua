local preset = require("lab.preset")
local scratch = require("scratch")

describe("presets", function()
    for _, name in ipairs(preset.names) do
        it(name .. " has workers, functions and a workload of known ones", function()
            local made = assert(preset.load(name))
            local registry = made.registry(1)
            assert.is_true(#made.workers() > 0)
            assert.is_true(made.requests > 0)
            local before, next_request = 0, made.workload(registry, 1)
            for _ = 1, 100 do
                local due, func = next_request()
                assert.is_true(due >= before)
                assert.is_table(registry.functions[func])
                before = due
            end
        end)
    end

    it("can be files", function()
        local source = 'return { text = "x", requests = 1, workers = print, registry = print }'
        scratch.with(source, function(path)
            assert.equal(path .. ":1: workload must be a function, not a nil",
                select(2, preset.load(path)))
        end)
        assert.is_nil((preset.load("./nosuch.lua")))
    end)

    it("are no compiled files", function()
        local _, message = scratch.with(string.dump(function() end), preset.load)
        assert.truthy(message:find(": this is compiled; ", 1, true), message)
    end)

    it("that do not exist are named with those that do", function()
        assert.truthy(select(2, preset.load("thesis")):find("thesis2018, thesis2018-own-machines",
            1, true))
    end)
end)
