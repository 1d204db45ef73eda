--- The functions and their packages, as the lab's models and workloads use them.
--
--     registry.functions[name].number          its place in registry.names
--     registry.functions[name].packages        names, largest first, as policies see them
--     registry.functions[name].install_order   the same, in the order in which workers install
--     registry.names                           of all functions, sorted
--     registry.sizes[package]                  bytes, where they are known
local registry = {}

local cjson = require("cjson")

local function copy_sorted(list, is_before)
    local copy = {}
    for i, item in ipairs(list) do
        copy[i] = item
    end
    table.sort(copy, is_before)
    return copy
end

--- A registry from lists of packages by function name.  With `sizes` each list is sorted by size,
-- else it is taken to be so already.
function registry.new(packages_of, sizes)
    local functions, names = {}, {}
    local function is_larger(a, b)
        local size_a, size_b = sizes[a] or 0, sizes[b] or 0
        return size_a > size_b or (size_a == size_b and a < b)
    end
    for name, list in pairs(packages_of) do
        functions[name] = {
            packages = sizes and copy_sorted(list, is_larger) or list,
            install_order = copy_sorted(list),
        }
        names[#names + 1] = name
    end
    table.sort(names)
    for number, name in ipairs(names) do
        functions[name].number = number
    end
    return { functions = functions, names = names, sizes = sizes or {} }
end

--- The function of this name; one that the registry does not know is added, without packages.
function registry.get(self, name)
    local func = self.functions[name]
    if not func then
        local number = #self.names + 1
        func = { packages = {}, install_order = {}, number = number }
        self.functions[name], self.names[number] = func, name
    end
    return func
end

local function from_handles(entries)
    local packages_of = {}
    for i, entry in ipairs(entries) do
        if type(entry) ~= "table" or type(entry.handle) ~= "string" then
            return nil, ("entry %d has no \"handle\""):format(i)
        end
        local list = entry.pkgs
        if list == nil or list == cjson.null then
            list = {}
        end
        if type(list) ~= "table" then
            return nil, ("\"pkgs\" of function %q is not a list"):format(entry.handle)
        end
        packages_of[entry.handle] = list
    end
    return registry.new(packages_of)
end

local function from_document(document)
    if type(document) ~= "table" then
        return nil, "expected a list of functions, or a table with \"functions\""
    end
    if document.functions == nil then
        return from_handles(document)
    end
    for name, list in pairs(document.functions) do
        if type(list) ~= "table" then
            return nil, ("the packages of function %q are not a list"):format(name)
        end
    end
    return registry.new(document.functions, document.packages)
end

--- Read a registry from JSON: olscheduler's [{"handle": name, "pkgs": [names]}], or with sizes
-- {"packages": {name: bytes}, "functions": {name: [names]}}.  nil and a message if it is neither.
function registry.parse(text)
    local is_json, document = pcall(cjson.decode, text)
    if not is_json then
        return nil, (document:gsub("^.-: ", ""))
    end
    return from_document(document)
end

--- Read a registry from a file.
function registry.load(path)
    local file, message = io.open(path)
    if not file then
        return nil, message
    end
    local text = file:read("*a")
    file:close()
    local result
    result, message = registry.parse(text)
    if not result then
        return nil, path .. ": " .. message
    end
    return result
end

--- Write a registry as JSON, with sizes, one function a line.
function registry.to_json(self)
    local lines = { '{"packages": {' }
    local names = {}
    for name in pairs(self.sizes) do
        names[#names + 1] = name
    end
    table.sort(names)
    for i, name in ipairs(names) do
        lines[#lines + 1] = ("  %s: %d%s"):format(
            cjson.encode(name), self.sizes[name], i < #names and "," or "")
    end
    lines[#lines + 1] = '}, "functions": {'
    for i, name in ipairs(self.names) do
        local packages = self.functions[name].packages
        lines[#lines + 1] = ("  %s: %s%s"):format(cjson.encode(name),
            #packages > 0 and cjson.encode(packages) or "[]", i < #self.names and "," or "")
    end
    lines[#lines + 1] = "}}\n"
    return table.concat(lines, "\n")
end

return registry
