--- Checks a configuration against the rows of options.lua: every option is there afterwards, with
-- its default where none was given, and in the form its type promises.
local options = require("gateway.options")
local suggest = require("picket.suggest")
local types = require("gateway.types")
local where = require("gateway.where")
local wording = require("gateway.wording")

local check = {}

local section_of, inner = {}, {} -- all by name; those that are tables in the outer table, in order
for _, section in ipairs(options.sections) do
    section_of[section.name] = section
    if section.name:find("^[%w_]+$") then
        inner[#inner + 1], inner[section.name] = section, section
    end
end

--- Which keys a section knows, in order.
local function known_keys(section)
    local keys = {}
    for _, row in ipairs(section) do
        keys[#keys + 1] = row.key
    end
    for _, other in ipairs(section.name == "" and inner or {}) do
        keys[#keys + 1] = other.name
    end
    return keys
end

--- The first row of all in which this field has this value, and its section; or nil.
local function find_row(field, value)
    for _, section in ipairs(options.sections) do
        for _, row in ipairs(section) do
            if row[field] == value then
                return row, section
            end
        end
    end
end

--- Which other part of the file a key belongs in, or nil.
local function elsewhere(key)
    local _, section = find_row("key", key)
    return section and (section.name == "" and "the outer table" or section.name)
end

local function complain_of_key(key, value, section, path, problems)
    local keys = known_keys(section)
    local full = where.join(path, key)
    if type(key) ~= "string" then
        return problems:add(full, ("%s: %s has no name; write %s = %s"):format(
            full, wording.describe(value), keys[1], wording.describe(value)))
    end
    local other = not suggest.nearest(key, keys) and elsewhere(key)
    problems:add(full, ("unknown key %q%s"):format(full,
        other and "; it belongs in " .. other or wording.remedy(key, keys)))
end

--- A value in the form of its type; nil, and a problem, when it is not what the row expects.
local function check_value(value, row, path, place, problems)
    if value == false and row.off then
        return false
    end
    local kind = types[row.type]
    local clean, reason = kind.check(value, row, place)
    if clean == nil then
        reason = reason or ("must be %s%s, not %s"):format(kind.expects(row),
            row.off and " or false" or "", wording.describe(value))
        problems:add(path, path .. " " .. reason)
    end
    return clean
end

local check_table

--- A table of a section of its own; a text is the first key of one.
local function check_entry(entry, section, path, place, problems)
    if type(entry) == "string" then
        entry = { [section[1].key] = entry }
    end
    return check_table(entry, section, path, place, problems)
end

local function check_entries(list, section, path, place, problems)
    local clean = {}
    for i, entry in ipairs(list) do
        clean[i] = check_entry(entry, section, where.join(path, i), place, problems)
    end
    return clean
end

local function check_row(given, row, path, place, problems)
    if given == nil and row.required then
        local expected = types[row.type].expects(row)
        problems:add(path, ("%s is missing: it must be %s"):format(path, expected))
    end
    local value = given
    if given == nil then
        value = row.default
    end
    if value == nil then
        return nil
    end
    local clean = check_value(value, row, path, place, problems)
    local entries, parts = section_of[row.name .. "[]"], section_of[row.name .. "{}"]
    if entries and clean then
        return check_entries(clean, entries, path, place, problems)
    elseif parts and clean then
        return check_entry(clean, parts, path, place, problems)
    end
    return clean
end

function check_table(given, section, path, place, problems)
    if type(given) ~= "table" then
        problems:add(path, ("%s must be a table such as { %s = ... }, not %s"):format(
            path, section[1].key, wording.describe(given)))
        return {}
    end
    local clean, known = {}, {}
    for _, row in ipairs(section) do
        known[row.key] = true
        clean[row.key] = check_row(given[row.key], row, where.join(path, row.key), place, problems)
    end
    for key, value in pairs(given) do
        if not known[key] and not (section.name == "" and type(key) == "string" and inner[key]) then
            complain_of_key(key, value, section, path, problems)
        end
    end
    return clean
end

--- One table that stands for itself, such as one worker: section "workers[]".
function check.section(name, given, path, place, problems)
    return check_table(given, section_of[name], path, place, problems)
end

--- One value that stands for itself, for the option of this name: "admin", "workers[].weight".
function check.option(name, value, path, place, problems)
    return check_row(value, find_row("name", name), path, place, problems)
end

--- The whole of a configuration, as far as it is right.
function check.all(given, place, problems)
    local clean = check_table(given, section_of[""], "", place, problems)
    for _, section in ipairs(inner) do
        local name, part = section.name, given[section.name]
        clean[name] = check_table(part == nil and {} or part, section, name, place, problems)
    end
    return clean
end

return check
