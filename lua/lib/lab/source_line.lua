--- On which line of a Lua file something is said that turned out to be wrong.
local source_line = {}

--- "FILE:LINE" of where a key is set in the table that a file returns; of its `return` when the key
-- is not there.
function source_line.of(path, key)
    local number, returned, escaped = 0, 1, key and key:gsub("%p", "%%%0")
    for line in io.lines(path) do
        number = number + 1
        if key and line:find("%f[%w_]" .. escaped .. "%s*=[^=]") then
            return ("%s:%d"):format(path, number)
        elseif line:find("^%s*return%f[^%w_]") then
            returned = number
        end
    end
    return ("%s:%d"):format(path, returned)
end

return source_line
