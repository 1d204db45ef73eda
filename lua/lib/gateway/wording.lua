--- Words for people: how a value is quoted, what to do about a word that is not known, and lines.
local suggest = require("picket.suggest")

local wording = {}

--- A text without line breaks and other control characters, which a message may have quoted.
function wording.one_line(text)
    return (text:gsub("\\?\n", "\\n"):gsub("%c", "?"))
end

--- A value as a message quotes it, on one line.
function wording.describe(value)
    if value == nil then
        return "nothing"
    elseif type(value) == "string" then
        local text = #value > 60 and value:sub(1, 57) .. "..." or value
        return wording.one_line(("%q"):format(text))
    elseif value ~= value then
        return "NaN"
    elseif type(value) == "number" then
        return (value % 1 == 0 and "%.0f" or "%.14g"):format(value)
    end
    return type(value) == "boolean" and tostring(value) or "a " .. type(value)
end

--- The end of a message about an unknown word: the known one that was probably meant, or all.
function wording.remedy(word, known)
    local hint = suggest.hint(word, known)
    return hint ~= "" and hint or "; known are " .. table.concat(known, ", ")
end

--- The words of a text in lines of at most so many columns, but for a word that is longer.
function wording.wrap(text, columns)
    local lines, line = {}, nil
    for word in text:gmatch("%S+") do
        if line and #line + 1 + #word > columns then
            lines[#lines + 1], line = line, nil
        end
        line = line and line .. " " .. word or word
    end
    lines[#lines + 1] = line
    return table.concat(lines, "\n")
end

return wording
