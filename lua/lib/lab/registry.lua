--- The functions and their packages, as the lab's models and workloads use them.
--
--     registry.functions[name].number          its place in registry.names
--     registry.functions[name].path            as a request has it
--     registry.functions[name].packages        names, largest first, as policies see them
--     registry.functions[name].install_order   the same, in the order in which workers install
--     registry.names                           of all functions, sorted
--     registry.sizes[package]                  bytes, where they are known
local registry = {}

local cjson = require("cjson")
local files = require("gateway.files")
local gateway_registry = require("gateway.registry")
local keys = require("picket.keys")

local NOTHING = {} -- one for all functions: the simulator looks at it with every request

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
            install_order = #list > 0 and copy_sorted(list) or NOTHING,
        }
        names[#names + 1] = name
    end
    table.sort(names)
    for number, name in ipairs(names) do
        functions[name].number, functions[name].path = number, "/run/" .. name
    end
    return { functions = functions, names = names, sizes = sizes or {} }
end

--- The function of this name; one that the registry does not know is added, without packages.
function registry.get(self, name)
    local func = self.functions[name]
    if not func then
        local number = #self.names + 1
        func = { packages = {}, install_order = NOTHING, number = number, path = "/run/" .. name }
        self.functions[name], self.names[number] = func, name
    end
    return func
end

--- Read a registry from a JSON file, as the gateway does: olscheduler's [{"handle": name, "pkgs":
-- [names]}], or with sizes {"packages": {name: bytes}, "functions": {name: [names]}}.  nil and a
-- message that begins with file:line when it is neither, or with the file when it has no function.
function registry.load(path)
    local checked, message = gateway_registry.load(path)
    if not checked then
        return nil, message
    elseif #checked.functions == 0 then
        return nil, path .. ": no function in it"
    end
    local packages_of = {}
    for _, func in ipairs(checked.functions) do
        packages_of[func.name] = func.packages
    end
    local text = files.read(path)
    return registry.new(packages_of, cjson.decode(text).packages)
end

--- Write a registry as JSON, with sizes, one function a line.
function registry.to_json(self)
    local lines = { '{"packages": {' }
    local names = keys.sorted(self.sizes)
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
