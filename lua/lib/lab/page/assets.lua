--- The files that a report is made with: the chart library, and the page's own script and style.
local assets = {}

local files = require("gateway.files")

local LIBRARY, LICENCE = "/charts/plotly.min.js", "/charts/LICENSE"

-- A file beside the modules: draw.js is found where page/draw.lua would be.
local function beside(name, ending)
    local path = package.path:gsub("%.lua", "." .. ending)
    return assert(files.read(assert(package.searchpath(name, path))))
end

--- library, licence (of the library), script and style, as texts.  `share` is the folder of
-- picket's own files.  nil and a message when the chart library is not there: it is fetched when
-- picket is built.
function assets.load(share)
    local library = share and files.read(share .. LIBRARY)
    if not library then
        return nil, ("--report needs the chart library, and there is no %s; install npm, and "
            .. "\"cmake --build build --target charts\" fetches it, or \"cmake --install build\" "
            .. "after that"):format((share or "") .. LIBRARY)
    end
    return { library = library, licence = assert(files.read(share .. LICENCE)),
        script = beside("lab.page.draw", "js"), style = beside("lab.page.page", "css") }
end

return assets
