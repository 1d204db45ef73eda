--- Pieces of an HTML page.
local html = {}

local cjson = require("cjson")
local keys = require("picket.keys")

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

--- A text as HTML that shows it, also within an attribute.
function html.escape(text)
    return (tostring(text):gsub('[&<>"]', ENTITIES))
end

local function attributes_of(attributes)
    local parts = {}
    for i, name in ipairs(keys.sorted(attributes)) do
        parts[i] = (' %s="%s"'):format(name, html.escape(attributes[name]))
    end
    return table.concat(parts)
end

--- An element around HTML: html.element("td", { class = "x" }, "1 &lt; 2").
function html.element(name, attributes, ...)
    return ("<%s%s>%s</%s>"):format(name, attributes_of(attributes), table.concat({ ... }), name)
end

--- A text for those who read the source.
function html.comment(text)
    return "<!--\n" .. text:gsub("%-%-+", "-") .. "\n-->"
end

--- A script that holds data, read with JSON.parse().  Nothing in the data can end the script.
function html.data(id, value)
    local text = cjson.encode(value):gsub("<", "\\u003c")
    return html.element("script", { id = id, type = "application/json" }, text)
end

--- A program as part of the page; it must not contain the end of a script itself.
function html.script(source)
    return "<script>\n" .. source:gsub("</([Ss][Cc][Rr][Ii][Pp][Tt])", "<\\/%1") .. "</script>"
end

return html
