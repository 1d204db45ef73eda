local policy_file = require("lab.policy_file")
local scratch = require("scratch")

-- What comes of a file with this source.
local function load_policy(source, options)
    local place = scratch.new()
    local policy, message = policy_file.load(place.write("mine.lua", source), options or {}, 1)
    place.remove()
    return policy, message
end

describe("the file of a policy in the lab", function()
    it("refuses what the gateway refuses", function()
        for source, expected in pairs({
            ["return 1"] = "a policy returns a table with the function pick",
            ["return { pick = 1 }"] = "a policy returns a table with the function pick",
            ["return { pick = print, tick = print }"] = "tick is never called without tick_ms",
            ["return { pick = print, done = 1 }"] = "mine.lua: done ",
            ["x = 1"] = "x",
            ["return {"] = "mine.lua:1:",
            [string.dump(load_policy)] = "mine.lua: this is compiled; name the Lua source text",
        }) do
            local policy, message = load_policy(source)
            assert.is_nil(policy)
            assert.truthy(message:find(expected, 1, true), message)
        end
    end)

    it("refuses options that the policy does not read", function()
        local _, message = load_policy("return { pick = print }", { ties = "first" })
        assert.truthy(message:find("mine: \"ties\" is given", 1, true), message)
    end)

    it("names the installed policies when there is none of a name", function()
        local _, message = policy_file.load("least_loded", {}, 1)
        assert.truthy(message:find('did you mean "least_loaded"', 1, true))
        _, message = policy_file.load("./no.lua", {}, 1)
        assert.equal('there is no policy "./no.lua": No such file or directory', message)
        _, message = policy_file.load("./spec", {}, 1)
        assert.equal('there is no policy "./spec": Is a directory', message)
    end)
end)
