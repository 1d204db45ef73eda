--- Where in the source of a configuration an option stands, for messages about its value.
local outline = require("gateway.outline")

local where = {}

--- How a path continues with a key, as in "workers[3].url".
function where.join(path, key)
    if type(key) == "number" then
        return ("%s[%d]"):format(path, key)
    end
    return path == "" and tostring(key) or path .. "." .. tostring(key)
end

--- The line of a full path, also through the variables that hold parts of it.
local function find(map, path, depth)
    if map.lines[path] or depth > 8 then
        return map.lines[path]
    end
    for cut in path:gmatch("()[.%[]") do
        local variable = map.same[path:sub(1, cut - 1)]
        local line = variable and find(map, variable .. path:sub(cut), depth + 1)
        if line then
            return line
        end
    end
end

--- A function from an option's path to its line, or to that of the nearest table around it, or to
-- nil; and a list of { path, line, first } of the options that stand there twice.
function where.finder(text)
    local map = outline.read(text)
    local twice = {}
    for _, again in ipairs(map.twice) do
        local root, path = again.path:match("^([%w_]+)%.?(.*)$")
        if root == map.root then
            twice[#twice + 1] = { path = path, line = again.line, first = again.first }
        end
    end
    return function(path)
        while path and path ~= "" do
            local full = map.root .. (path:find("^%[") and "" or ".") .. path
            local line = find(map, full, 0)
            if line then
                return line
            end
            path = path:match("^(.+)[.%[]")
        end
    end, twice
end

return where
