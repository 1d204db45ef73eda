--- The type of the option `policy`: finds the file of a policy and checks its options.
-- An installed policy is called by its name; whatever has a slash or ends in .lua is a path.
local files = require("gateway.files")
local suggest = require("picket.suggest")
local wording = require("gateway.wording")

local policy_choice = {}

--- Where a policy of that name lies: its path, the directory it is in, and its bare name.
local function locate(name, place)
    if not (name:find("/", 1, true) or name:find("%.lua$")) then
        return place.policies_dir .. "/" .. name .. ".lua", place.policies_dir, name
    end
    local path = files.resolve(place.directory, name)
    local directory = files.directory(path)
    return path, directory == "" and "." or directory, path:match("([^/]*)$"):gsub("%.lua$", "")
end

-- How a policy beside the configuration is named that was given without its path; or nil.
local function own_policy(name, place)
    local own = "./" .. name .. ".lua"
    return files.readable(files.resolve(place.directory, own)) and own or nil
end

local function find(name, place)
    local path, directory, bare = locate(name, place)
    local ok, reason = files.readable(path)
    if ok then
        return { name = bare, path = path }
    end
    local there = files.list(directory, ".lua")
    local meant = bare == name and own_policy(name, place) or suggest.nearest(bare, there)
    if bare ~= name then
        meant = meant and (name:match("^.*/") or "") .. meant .. ".lua"
        there = {} -- anything may lie beside it
    end
    return nil, ("%s cannot be read: %s: %s%s%s"):format(wording.describe(name), path, reason,
        meant and ("; did you mean %q?"):format(meant) or "",
        #there > 0 and (" (there are %s)"):format(table.concat(there, ", ")) or "")
end

--- Why a policy could not be given this value, or nil.  Each proxy gets options as a copy.
local function unfit(value, depth)
    local kind = type(value)
    if kind == "string" or kind == "boolean" then
        return nil
    end
    if kind == "number" and (value ~= value or value == 1 / 0 or value == -1 / 0) then
        return "is " .. wording.describe(value)
    elseif kind ~= "table" then
        return kind ~= "number" and "is a " .. kind or nil
    elseif depth > 8 then
        return "is nested too deep"
    end
    for key, inner in pairs(value) do
        if type(key) ~= "string" and not (type(key) == "number" and key >= 1 and key <= #value) then
            return ("has the key %s"):format(wording.describe(key))
        elseif type(key) == "string" and #value > 0 then
            return "is both a list and a table of names"
        end
        local reason = unfit(inner, depth + 1)
        if reason then
            return reason
        end
    end
end

local function read_options(given)
    local options = {}
    for key, value in pairs(given) do
        if type(key) == "string" then
            local reason = unfit(value, 1)
            if reason then
                return nil, ("has the option %q, which %s; a text, a number, true, false or a "
                    .. "table of these can be given"):format(key, reason)
            end
            options[key] = value
        elseif key ~= 1 then
            return nil, ("takes named options, as in { %q, load_threshold = 50 }, but has %s "
                .. "without a name"):format(given[1], wording.describe(value))
        end
    end
    return options
end

function policy_choice.check(value, _, place)
    local given = type(value) == "string" and { value } or value
    local name = type(given) == "table" and given[1]
    if type(value) == "table" and name == nil and next(value) then
        return nil, "has options and no name, which comes first: { \"hash\", key = \"path\" }"
    end
    if type(name) ~= "string" or name == "" or name:find("%c") then
        return nil
    end
    local found, reason = find(name, place)
    if not found then
        return nil, reason
    end
    found.options, reason = read_options(given)
    return found.options and found, reason
end

function policy_choice.expects()
    return "a name such as \"least_loaded\", a path such as \"./mine.lua\", or a "
        .. "table such as { \"hash\", key = \"path\" }"
end

return policy_choice
