--- Lua files that people name: source text alone, for what is compiled can break out of any box.
local lua_text = {}

local COMPILED = "this is compiled; name the Lua source text that it was compiled from"

-- A message of Lua's about a file, which it is to name.
local function about(file, message)
    if message:find("chunk with wrong mode$") then
        message = COMPILED
    end
    if message:find(file, 1, true) then
        return message
    end
    return file .. ": " .. message -- Lua cuts long names, and some messages have none
end

--- A text of this file as a function, which runs in this environment; or nil, and a message that
-- names the file.
function lua_text.compile(text, file, env)
    local chunk, message = load(text, "=" .. file, "t", env)
    if not chunk then
        return nil, about(file, message)
    end
    return chunk
end

--- A file as a function; or nil, and a message that names the file.
function lua_text.load(file)
    local chunk, message = loadfile(file, "t")
    if not chunk then
        return nil, about(file, message)
    end
    return chunk
end

return lua_text
