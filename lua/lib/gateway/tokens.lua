--- Splits Lua source into names, strings and signs, each with its line; comments are left out.
-- Only as exact as finding a key's line needs: numbers come in pieces, escapes stay as written.
local tokens = {}

--- Where a quoted string that begins at `from` ends.
local function quoted_end(text, from)
    local quote, at = text:sub(from, from), from + 1
    while at <= #text do
        local sign = text:sub(at, at)
        if sign == quote or sign == "\n" then
            return at
        end
        at = at + (sign == "\\" and 2 or 1)
    end
    return #text
end

--- The end of a [[long bracket]] whose opening ends at `from`, and where its content ends.
local function long_end(text, from, level)
    local first, last = text:find("]" .. level .. "]", from, true)
    return last or #text, (first or #text + 1) - 1
end

--- What begins at `at`: its kind (nil for what is skipped), where it ends, and its value.
local function read(text, at)
    local _, opening, level = text:find("^%-%-%[(=*)%[", at)
    if opening then
        return nil, (long_end(text, opening + 1, level))
    end
    local _, last = text:find("^%-%-[^\n]*", at)
    if last then
        return nil, last
    end
    _, last = text:find("^%s+", at)
    if last then
        return nil, last
    end
    _, last = text:find("^[%a_][%w_]*", at)
    if last then
        return "name", last, text:sub(at, last)
    end
    _, opening, level = text:find("^%[(=*)%[", at)
    if opening then
        local stop, content = long_end(text, opening + 1, level)
        return "string", stop, text:sub(opening + 1, content)
    end
    if text:find("^[\"']", at) then
        last = quoted_end(text, at)
        return "string", last, text:sub(at + 1, last - 1)
    end
    _, last = text:find("^%d+", at)
    return last and "number" or "sign", last or at, text:sub(at, last or at)
end

--- The list of { kind, text, line }.
function tokens.split(text)
    local list, at, line = {}, 1, 1
    while at <= #text do
        local kind, last, value = read(text, at)
        if kind then
            list[#list + 1] = { kind = kind, text = value, line = line }
        end
        local _, newlines = text:sub(at, last):gsub("\n", "")
        line = line + newlines
        at = last + 1
    end
    return list
end

return tokens
