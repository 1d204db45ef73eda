--- The registry with sizes: {"packages": {name: bytes}, "functions": {name: [names]}}.
-- The lists of packages are sorted here, in place, the largest package first.
local checks = require("gateway.registry_checks")
local sorted_keys = require("picket.keys").sorted

local registry_sized = {}

local describe = checks.describe

--- The names of packages, the largest first, ties by name; or nil, what is wrong, and where.
local function rank(sizes)
    local names = {}
    for name, size in pairs(sizes) do
        local fault = checks.name(name)
        if not fault and (type(size) ~= "number" or size < 0) then
            fault = ("%s must have a size in bytes, not %s"):format(describe(name), describe(size))
        end
        if fault then
            return nil, "packages: " .. fault, { "packages", name }
        end
        names[#names + 1] = name
    end
    table.sort(names, function(a, b)
        return sizes[a] > sizes[b] or (sizes[a] == sizes[b] and a < b)
    end)
    return names
end

--- Sorts a list of packages by rank; returns a name that has none.  Sorting numbers needs no
-- function to compare them, which makes it many times faster.
local function sort_by_rank(packages, names, rank_of)
    for i = 1, #packages do
        local number = rank_of[packages[i]]
        if not number then
            return packages[i]
        end
        packages[i] = number
    end
    table.sort(packages)
    for i = 1, #packages do
        packages[i] = names[packages[i]]
    end
end

local TOP_KEYS = { "packages", "functions", packages = true, functions = true }

--- A list of { name, packages }, sorted by name, from what was decoded; or nil, what is wrong, and
-- the keys that lead there.
function registry_sized.read(given)
    local fault, wrong = checks.keys(given, TOP_KEYS)
    if fault then
        return nil, fault, { wrong }
    end
    for _, key in ipairs(TOP_KEYS) do
        if not checks.is_object(given[key]) then
            return nil, ("%q must be an object, not %s"):format(key, describe(given[key])), { key }
        end
    end
    local names, problem, keys = rank(given.packages)
    if not names then
        return nil, problem, keys
    end
    local rank_of = {}
    for number, name in ipairs(names) do
        rank_of[name] = number
    end
    local functions, fault_of_packages = {}, checks.packages()
    for i, name in ipairs(sorted_keys(given.functions)) do
        local packages = given.functions[name]
        fault = checks.func(name) or fault_of_packages(packages)
        local sizeless = not fault and sort_by_rank(packages, names, rank_of)
        if sizeless then
            fault = ("has the package %s, which has no size under \"packages\"")
                :format(describe(sizeless))
        end
        if fault then
            return nil, ("function %s: %s"):format(describe(name), fault), { "functions", name }
        end
        functions[i] = { name = name, packages = packages }
    end
    return functions
end

return registry_sized
