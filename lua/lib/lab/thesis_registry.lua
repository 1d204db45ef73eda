--- A registry of the shape that the 2018 thesis' experiments used: 100 functions that share 180
-- packages, made anew from a seed.
-- Fixed: how many packages each function has, how many functions use each package, and which
-- packages are the largest of how many functions.  Drawn: who uses what within that, the names and
-- the sizes.  Packages go to the functions with most places left (ties by lot), which meets all
-- counts exactly and makes functions of one kind alike, as a dependency tree does.
local thesis_registry = {}

local random = require("lab.random")
local registry = require("lab.registry")

-- Functions by their largest package, the largest first: { size, count } pairs of their numbers of
-- packages; `shared`: how many functions of the rows above use that package too.
local KINDS = {
    { shared = 0, { 113, 1 }, { 99, 1 } },
    { shared = 0, { 32, 1 } },
    { shared = 1, { 69, 1 }, { 35, 1 }, { 20, 3 }, { 18, 5 }, { 15, 2 } },
    { shared = 2, { 20, 3 }, { 17, 3 }, { 16, 5 }, { 14, 1 } },
    { shared = 1, { 53, 1 }, { 22, 2 }, { 16, 6 }, { 15, 5 } },
    { shared = 6, { 83, 1 }, { 69, 1 }, { 53, 9 }, { 35, 2 }, { 31, 1 } },
    { shared = 50, { 35, 1 }, { 30, 1 }, { 28, 1 }, { 22, 9 }, { 20, 1 }, { 16, 13 }, { 15, 16 },
        { 14, 1 } },
}
-- The largest package of the others is one that all functions use.
local OTHERS = { { 20, 1 }, { 13, 1 } }

-- How many functions use each of the other packages: { functions, packages, lot }.  Without `lot`
-- those with most places left get it, else lots weighted by the places left.  What all use goes
-- first; the rare ones go to functions with many packages, few of them to any other.
local USERS = {
    { 100, 5 }, { 98, 3 }, { 93, 3 }, { 76, 1 }, { 53, 1 },
    { 5, 9 }, { 4, 8 }, { 3, 12 }, { 2, 33 },
    { 12, 1, lot = true }, { 10, 1, lot = true }, { 8, 5, lot = true }, { 7, 2, lot = true },
    { 6, 12, lot = true }, { 1, 33, lot = true },
    { 22, 1 }, { 21, 3 }, { 20, 1 }, { 19, 8 }, { 16, 7 }, { 15, 4 }, { 14, 11 }, { 13, 3 },
    { 40, 1 }, { 36, 1 }, { 34, 1 }, { 31, 1 }, { 28, 1 }, { 26, 1 },
}

local function add_functions(list, kind, pairs_of)
    for _, pair in ipairs(pairs_of) do
        for _ = 1, pair[2] do
            list[#list + 1] = { kind = kind, left = pair[1], packages = {} }
        end
    end
end

local function make_functions()
    local list = {}
    for kind, row in ipairs(KINDS) do
        add_functions(list, kind, row)
    end
    add_functions(list, #KINDS + 1, OTHERS)
    return list
end

local function use(func, package)
    func.packages[#func.packages + 1] = package
    func.left = func.left - 1
end

-- Gives the package to `count` functions of those that may have it: to those with most places left
-- (ties by lot), or by lots weighted with the places left.
local function give(functions, stream, package, count, may_have, is_lot)
    local list = {}
    for _, func in ipairs(functions) do
        if not may_have or may_have(func) then
            local chance = stream:uniform()
            func.claim = is_lot and func.left * chance or func.left + chance
            list[#list + 1] = func
        end
    end
    table.sort(list, function(a, b) return a.claim > b.claim end)
    for i = 1, count do
        use(list[i], package)
    end
end

-- The packages that are the largest of some function; the first is the largest of all.
local function give_largest(functions, stream, next_package)
    for kind, row in ipairs(KINDS) do
        local package = next_package()
        for _, func in ipairs(functions) do
            if func.kind == kind then
                use(func, package)
            end
        end
        give(functions, stream, package, row.shared, function(func) return func.kind < kind end)
    end
end

-- Package names in random order, and falling sizes for them: a few large, most small.
local function make_packages(stream, count)
    local names, sizes, seen = {}, {}, {}
    for i = 1, count do
        local name
        repeat
            name = ("pkg%04d"):format(stream:integer(10000) - 1)
        until not seen[name]
        seen[name] = true
        names[i], sizes[i] = name, math.floor(stream:lognormal(400e3, 1.6)) + 1000
    end
    table.sort(sizes, function(a, b) return a > b end)
    return names, sizes
end

-- One draw; nil when a lot left a place that no package fits.
local function draw(stream, names)
    local functions, used = make_functions(), 0
    local function next_package()
        used = used + 1
        return names[used]
    end
    give_largest(functions, stream, next_package)
    for _, row in ipairs(USERS) do
        for _ = 1, row[2] do
            give(functions, stream, next_package(), row[1], nil, row.lot)
        end
    end
    for _, func in ipairs(functions) do
        if func.left ~= 0 then
            return nil
        end
    end
    return functions
end

--- The registry of this seed.
function thesis_registry.generate(seed)
    local stream = random.new(seed, "registry")
    local names, sizes = make_packages(stream, 180)
    local functions
    repeat
        functions = draw(stream, names)
    until functions
    local packages_of, size_of = {}, {}
    for i, func in ipairs(stream:shuffle(functions)) do
        packages_of[("fn%02d"):format(i - 1)] = func.packages
    end
    for i, name in ipairs(names) do
        size_of[name] = sizes[i]
    end
    return registry.new(packages_of, size_of)
end

return thesis_registry
