--- Tables for people: the first column to the left, numbers to the right.
local text_table = {}

local WIDTH = 100 -- columns of a narrow table,
local LABELS = { 30, 24, 14 } -- of its first one, as many as fit

--- Columns that a text takes: its characters, of which UTF-8 may need several bytes each, without
-- what sets a terminal's colours.
function text_table.width(text)
    return #text:gsub("\27%[[%d;]*m", ""):gsub("[\128-\191]", "")
end

local function cells_of(row)
    local cells = {}
    for i, cell in ipairs(row) do
        cells[i] = tostring(cell)
    end
    return cells
end

local function widths_of(rows)
    local widths = {}
    for _, row in ipairs(rows) do
        for i, cell in ipairs(#row > 1 and row or {}) do
            widths[i] = math.max(widths[i] or 0, text_table.width(cell))
        end
    end
    return widths
end

local function line_of(row, widths)
    if #row == 1 then
        return row[1]
    end
    local parts = {}
    for i, cell in ipairs(row) do
        local gap = (" "):rep(widths[i] - text_table.width(cell))
        parts[i] = i == 1 and cell .. gap or gap .. cell
    end
    return (table.concat(parts, "  "):gsub(" +$", ""))
end

--- The lines of a table, from rows of texts or numbers; the first row is the head.  A row of a
-- single cell stands for itself, however long it is.
function text_table.lines(rows)
    local texts = {}
    for i, row in ipairs(rows) do
        texts[i] = cells_of(row)
    end
    local widths, lines = widths_of(texts), {}
    for i, row in ipairs(texts) do
        lines[i] = line_of(row, widths)
    end
    return lines
end

-- First cells that are longer than that get lines of their own.
local function wrap(rows, most)
    local wrapped = {}
    for _, row in ipairs(rows) do
        if text_table.width(row[1]) > most then
            wrapped[#wrapped + 1] = { row[1] }
            row = { "", unpack(row, 2) }
        end
        wrapped[#wrapped + 1] = row
    end
    return wrapped
end

--- The same in at most 100 columns, if all but the first column leave room.
function text_table.narrow(rows)
    local lines
    for _, most in ipairs(LABELS) do
        lines = text_table.lines(wrap(rows, most))
        if text_table.width(lines[1]) <= WIDTH then
            break
        end
    end
    return lines
end

return text_table
