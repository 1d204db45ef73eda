--- A report as one HTML page that needs nothing else: no network, no other files.
-- Text and tables are HTML and can be read without scripts; the figures are data that draw.js hands
-- to the chart library.
local page = {}

local html = require("lab.page.html")
local measures = require("lab.measures")
local sections = require("lab.page.sections")

local element, escape = html.element, html.escape

-- A list of name and text pairs.
local function pairs_of(list, class)
    local parts = {}
    for i, pair in ipairs(list) do
        parts[i] = element("dt", {}, escape(pair[1])) .. element("dd", {}, escape(pair[2]))
    end
    return element("dl", { class = class }, table.concat(parts))
end

local function glossary()
    local list = {}
    for i, measure in ipairs(measures.rows) do
        list[i] = { measure.title, measure.text }
    end
    return element("section", {}, element("h2", {}, "What the columns mean"),
        pairs_of(list, "glossary"))
end

-- The place of a figure, which draw.js fills; its data goes to `figures`.
local function place_of(figure, figures)
    local number = #figures + 1
    local id = "figure-" .. number
    figures[number] = { id = id, traces = figure.traces, layout = figure.layout }
    local label = element("b", {}, ("Figure %d.  %s."):format(number, escape(figure.title)))
    return element("figure", {},
        element("div", { id = id, class = "chart", role = "img", ["aria-label"] = figure.title,
            style = ("min-height: %dpx"):format(figure.layout.height) }, ""),
        element("figcaption", {}, label, " ", escape(figure.caption)))
end

local function section_of(section, level, figures)
    local parts = { element("h" .. level, {}, escape(section.heading)) }
    for _, block in ipairs(section) do
        parts[#parts + 1] = type(block) == "string" and block or place_of(block, figures)
    end
    return #section > 0 and element("section", {}, table.concat(parts, "\n")) or ""
end

local function part_of(part, figures)
    local parts, level = {}, 2
    if part.title then
        parts[1], level = element("h2", {}, escape(part.title)), 3
    end
    if part.text then
        parts[#parts + 1] = element("p", {}, escape(part.text))
    end
    parts[#parts + 1] = part.html or ""
    for _, section in ipairs(sections.of(part)) do
        parts[#parts + 1] = section_of(section, level, figures)
    end
    return table.concat(parts, "\n")
end

local function head_of(title, style)
    return element("head", {}, '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        element("title", {}, escape(title)), element("style", {}, style))
end

--- The page.  `content`: title, facts (what was run: name and text pairs), parts (lab.page.sections
-- says what they have, and html: anything to show first); `assets`: of lab.page.assets.
function page.render(content, assets)
    local figures, parts = {}, {}
    for i, part in ipairs(content.parts) do
        parts[i] = part_of(part, figures)
    end
    return table.concat({
        "<!DOCTYPE html>",
        '<html lang="en">' .. head_of(content.title, assets.style),
        "<body><main>",
        element("h1", {}, escape(content.title)),
        pairs_of(content.facts, "facts"),
        table.concat(parts, "\n"),
        glossary(),
        element("noscript", {}, "The figures need JavaScript; the tables do not."),
        "</main>",
        html.data("figures", figures),
        html.comment("Plotly, which draws the figures:\n\n" .. assets.licence),
        html.script(assets.library),
        html.script(assets.script),
        "</body></html>\n",
    }, "\n")
end

return page
