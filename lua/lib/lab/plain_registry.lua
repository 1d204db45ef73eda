--- Functions without packages, "fn0001", "fn0002", ...
local plain_registry = {}

local registry = require("lab.registry")

function plain_registry.generate(count)
    local packages_of = {}
    for i = 1, count do
        packages_of[("fn%0" .. #tostring(count) .. "d"):format(i)] = {}
    end
    return registry.new(packages_of)
end

return plain_registry
