--- What is wrong with the parts of a registry: each check returns a few words, or nil.
local cjson = require("cjson")
local wording = require("gateway.wording")

local registry_checks = {}

function registry_checks.is_list(value)
    return type(value) == "table" and (#value > 0 or next(value) == nil)
end

function registry_checks.is_object(value)
    return type(value) == "table" and #value == 0
end

--- A decoded value as a message quotes it.
function registry_checks.describe(value)
    if value == cjson.null then
        return "null"
    elseif type(value) == "table" then
        return registry_checks.is_object(value) and "an object" or "an array"
    end
    return wording.describe(value)
end
local describe = registry_checks.describe

function registry_checks.name(name)
    if type(name) ~= "string" then
        return "must be a name in quotes, not " .. describe(name)
    elseif name == "" then
        return "is empty"
    end
    return name:find("%c") and ("%s has control characters in it"):format(describe(name)) or nil
end

function registry_checks.func(name)
    local fault = registry_checks.name(name)
    if not fault and name:find("/", 1, true) then
        return describe(name) .. " has a slash, but a function's name is one segment of a path"
    end
    return fault
end

--- `known` lists the keys, and has each as a key too.  The wrong key is returned as well.
function registry_checks.keys(object, known)
    for key in pairs(object) do
        if not known[key] then
            return ("unknown key %s%s"):format(describe(key), wording.remedy(key, known)), key
        end
    end
end

--- Makes a checker of lists of packages: it returns what is wrong with one, or nil.  It remembers
-- in which list it saw a name last, so known names are not looked at again and double ones show.
function registry_checks.packages()
    local seen_in, number = {}, 0
    return function(packages)
        if not registry_checks.is_list(packages) then
            return "must be an array of package names, not " .. describe(packages)
        end
        number = number + 1
        for i = 1, #packages do
            local name = packages[i]
            local last = seen_in[name]
            local fault = not last and registry_checks.name(name)
            if fault then
                return ("has package %d, which %s"):format(i, fault)
            elseif last == number then
                return ("has the package %s twice"):format(describe(name))
            end
            seen_in[name] = number
        end
    end
end

return registry_checks
