--- A preset: workers, functions and a workload that belong together.
-- A small Lua file that returns: text (a sentence), requests (how many there will be), and the
-- functions workers() and registry(seed), workload(registry, seed).  With `apart` the requests of a
-- trace come so many ms after each other, whenever they were made.
local preset = {}

local lua_text = require("gateway.lua_text")
local preset_trial = require("lab.preset_trial")
local source_line = require("lab.source_line")
local suggest = require("picket.suggest")

--- Those that come with picket, in the order in which they are listed.
preset.names = { "thesis2018", "thesis2018-own-machines", "thesis2018-sequential", "azure2021",
    "bursty", "heterogeneous", "unreliable", "scale" }

local KINDS = { text = "string", requests = "number", workers = "function", registry = "function",
    workload = "function" }

local function check(path, made)
    if type(made) ~= "table" then
        return nil, source_line.of(path) .. ": a preset returns a table"
    end
    for field, kind in pairs(KINDS) do
        if type(made[field]) ~= kind then
            return nil, ("%s: %s must be a %s, not a %s"):format(source_line.of(path, field), field,
                kind, type(made[field]))
        end
    end
    local ok, message = preset_trial.check(path, made)
    return ok and made, message
end

local function is_known(name)
    for _, known in ipairs(preset.names) do
        if known == name then
            return true
        end
    end
    return false
end

--- The preset of this name, or of this file; nil and a message when there is none or it is bad.
function preset.load(name)
    if is_known(name) then
        return require("lab.presets." .. name)
    elseif not name:find("[/.]") then
        return nil, ("there is no preset %q (there are %s; a file has a slash or a dot)%s"):format(
            name, table.concat(preset.names, ", "), suggest.hint(name, preset.names))
    end
    local chunk, message = lua_text.load(name)
    if not chunk then
        return nil, message
    end
    local ok, made = pcall(chunk)
    if not ok then
        return nil, made
    end
    return check(name, made)
end

return preset
