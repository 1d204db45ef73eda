--- What a JSON decoder does not tell: on which line something stands, and which key is given twice.
local cjson = require("cjson")
local ffi = require("ffi")

local json_text = {}

local QUOTE, BACKSLASH, COLON = ("\"\\:"):byte(1, 3)

--- How many keys well-formed JSON has: more than were decoded when one is given twice.
function json_text.count_keys(text)
    local bytes, count, in_string, at = ffi.cast("const uint8_t *", text), 0, false, 0
    while at < #text do
        local byte = bytes[at]
        if byte == QUOTE then
            in_string = not in_string
        elseif in_string then
            at = byte == BACKSLASH and at + 1 or at
        elseif byte == COLON then
            count = count + 1
        end
        at = at + 1
    end
    return count
end

--- Line and column of a byte of the text.
function json_text.position(text, offset)
    local before = text:sub(1, offset - 1)
    local _, newlines = before:gsub("\n", "")
    return newlines + 1, before:reverse():find("\n", 1, true) or offset
end

--- Where the string ends whose first quote is at `at`.
local function string_end(text, at)
    repeat
        at = text:find("[\"\\]", at + 1)
        local is_escape = text:byte(at) == BACKSLASH
        at = is_escape and at + 1 or at
    until not is_escape
    return at
end

-- What the string from quote to quote says.
local function string_at(text, first, last)
    local quoted = text:sub(first, last)
    local has_escape = quoted:find("\\", 1, true)
    return has_escape and cjson.decode("[" .. quoted .. "]")[1] or quoted:sub(2, -2)
end

--- Walks well-formed JSON with visit(open, at) for each key of an object and entry of an array;
-- open[#open].key is the key or the number, and the ones before it say of what it is a part.
-- Stops when visit() returns true, and returns where that was.
local function walk(text, visit)
    local open, at = {}, text:find("[%[%]{},\"]")
    while at do
        local sign, top, last, place = text:sub(at, at), open[#open], at, nil
        if sign == "[" or sign == "{" then
            top = { is_array = sign == "[", key = 0, seen = {} }
            open[#open + 1] = top
        elseif sign == "]" or sign == "}" then
            open[#open] = nil
        elseif sign == "\"" then
            last = string_end(text, at)
            if text:find("^%s*:", last + 1) then
                top.key, place = string_at(text, at, last), at
            end
        end
        if top.is_array and (sign == "[" or sign == ",") then
            top.key, place = top.key + 1, text:find("%S", at + 1)
        end
        if place and visit(open, place) then
            return place
        end
        at = text:find("[%[%]{},\"]", last + 1)
    end
end

--- The line of a value by its keys from the outside in, such as { "functions", "hello" } or { 17 };
-- nil when there are none or it is not found.
function json_text.line(text, keys)
    if #keys == 0 then
        return nil
    end
    local at = walk(text, function(open)
        for i, key in ipairs(keys) do
            if not open[i] or open[i].key ~= key then
                return false
            end
        end
        return true
    end)
    return at and (json_text.position(text, at))
end

--- The first key that its object has already: the key and its line.
function json_text.twice(text)
    local key
    local at = walk(text, function(open)
        local object = open[#open]
        key = object.key
        local is_again = not object.is_array and object.seen[key]
        object.seen[key] = true
        return is_again
    end)
    if at then
        return key, (json_text.position(text, at))
    end
end

return json_text
