--- How the policies of a part look in all its figures.
-- Colours are told by name, and made by draw.js for light and dark pages: "@1" to "@8" for policies
-- that have nothing to do with each other, "~0" to "~1" for the values of an option from the
-- first to the last, "@ink" for what is neither.
local looks = {}

local DASHES = { "solid", "dash", "dot", "dashdot" }
local SYMBOLS = { "circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x",
    "star" }
local COLOURS = 8

--- By place: { colour, dash, symbol }.  Those that have the same colour differ in the rest.
function looks.of(count, is_sweep)
    local list = {}
    for i = 1, count do
        local colour = "@" .. (i - 1) % COLOURS + 1
        if is_sweep then
            colour = ("~%.3f"):format(count > 1 and (i - 1) / (count - 1) or 0)
        end
        local round = is_sweep and i - 1 or math.floor((i - 1) / COLOURS)
        list[i] = { colour = colour, dash = DASHES[round % #DASHES + 1],
            symbol = SYMBOLS[(i - 1) % #SYMBOLS + 1] }
    end
    return list
end

return looks
