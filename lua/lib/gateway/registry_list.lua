--- The registry as a list: [{"handle": name, "pkgs": [names, largest first]}, ...].
-- Large registries are common, so the decoded lists of packages are used as they are.
local checks = require("gateway.registry_checks")
local cjson = require("cjson")

local registry_list = {}

local describe = checks.describe

local ENTRY_KEYS = { "handle", "pkgs", handle = true, pkgs = true }

local function fault_of_entry(entry)
    if not checks.is_object(entry) then
        return "must be an object such as {\"handle\": \"name\", \"pkgs\": []}, not "
            .. describe(entry)
    end
    local unknown = checks.keys(entry, ENTRY_KEYS)
    local fault = not unknown and checks.func(entry.handle)
    return unknown or fault and "\"handle\" " .. fault
end

--- A list of { name, packages } from the decoded entries; or nil, what is wrong, and the keys that
-- lead there.  As in olscheduler, an entry without "pkgs" has no packages.
function registry_list.read(entries)
    local functions, number_of, fault_of_packages = {}, {}, checks.packages()
    for i, entry in ipairs(entries) do
        local fault = fault_of_entry(entry)
        if fault then
            return nil, ("entry %d: %s"):format(i, fault), { i }
        end
        local name, packages = entry.handle, entry.pkgs
        if packages == nil or packages == cjson.null then
            packages = {}
        end
        fault = fault_of_packages(packages)
        if number_of[name] then
            fault = ("is listed already, as entry %d; leave one out"):format(number_of[name])
        elseif fault then
            fault = "\"pkgs\" " .. fault
        end
        if fault then
            return nil, ("entry %d (%s): %s"):format(i, describe(name), fault), { i }
        end
        functions[i], number_of[name] = { name = name, packages = packages }, i
    end
    return functions
end

return registry_list
