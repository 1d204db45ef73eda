--- A configuration file for specs, in a directory of its own with a policy mine.lua and an empty
-- registry functions.json.
local config = require("gateway.config")
local scratch = require("scratch")

local config_file = {}

function config_file.new()
    local self = scratch.new()
    self.write("mine.lua", "return {}")
    self.write("functions.json", "[]")

    function self.load(source)
        return config.load(self.write("scheduler.lua", source))
    end

    --- The configuration, which must be right.
    function self.loaded(source)
        local conf, message = self.load(source)
        return assert(conf, message)
    end

    --- What is wrong with it, the file itself called FILE.
    function self.refused(source)
        local conf, message = self.load(source)
        assert(not conf, "nothing is wrong with it")
        return (message:gsub(self.path("scheduler.lua"):gsub("%p", "%%%0"), "FILE"))
    end

    --- Fails unless one of the lines that say what is wrong begins with `message`.
    function self.assert_refused(message, source)
        local all = self.refused(source)
        if not ("\n" .. all):find("\n" .. message, 1, true) then
            error(("%s\nis not\n%s"):format(all, message), 2)
        end
    end

    --- The same for options that fit on a line, such as "queue = { size = -1 }".
    function self.assert_wrong(message, fields)
        self.assert_refused("FILE:1: " .. message, "return { " .. fields .. " }")
    end

    return self
end

return config_file
