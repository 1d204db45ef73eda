--- A file, or a directory, of its own for a spec that needs one.
local scratch = {}

local function write(path, text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    return path
end

local function finish(path, ok, ...)
    os.remove(path)
    if not ok then
        error((...), 0)
    end
    return ...
end

--- What use(path) returns for a file with this text, which is gone afterwards.
function scratch.with(text, use)
    local path = write(os.tmpname(), text)
    return finish(path, pcall(use, path))
end

--- A directory; remove() takes it away again.
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
        return write(self.path(name), text)
    end

    function self.remove()
        os.execute("rm -r " .. directory)
    end

    return self
end

return scratch
