--- A directory of its own for a spec that needs files; remove() takes it away again.
local scratch = {}

function scratch.new()
    local directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir " .. directory))
    local self = { directory = directory }

    function self.path(name)
        return directory .. "/" .. name
    end

    --- Writes a file and returns its path.
    function self.write(name, text)
        local file = assert(io.open(self.path(name), "wb"))
        file:write(text)
        file:close()
        return self.path(name)
    end

    function self.remove()
        os.execute("rm -r " .. directory)
    end

    return self
end

return scratch
