--- The types of options: what each expects, in words, and the check that brings a value into the
-- form the gateway reads.  A check returns that form, or nil and what is wrong; without a reason
-- the message says what is expected.  `place.directory` is where relative paths begin.
local ffi = require("ffi")
local files = require("gateway.files")
local secret = require("gateway.secret")
local suggest = require("picket.suggest")
local wording = require("gateway.wording")

ffi.cdef("void *getpwnam(const char *name);")

local types = {
    policy = require("gateway.policy_choice"),
}

local PATH_MAX_BYTES, NAME_MAX_BYTES = 511, 63 -- what the gateway has room for

local function expects_number(row)
    local unit = row.unit and " of " .. row.unit or ""
    return ("a number%s from %s to %s"):format(
        unit, wording.describe(row.min), wording.describe(row.max))
end

local function in_range(value, row)
    local quoted = type(value) == "string" and tonumber(value)
    if quoted and quoted - quoted == 0 then -- no "nan" or "inf"
        return nil, ("must be a number, not %q; leave out the quotes"):format(value)
    end
    return type(value) == "number" and value >= row.min and value <= row.max and value or nil
end

types.number = { check = in_range, expects = expects_number }
types.seconds = types.number

types.count = {
    check = function(value, row)
        local number, reason = in_range(value, row)
        return number and number % 1 == 0 and number or nil, reason
    end,
    expects = function(row)
        return (expects_number(row):gsub("number", "whole number", 1))
    end,
}

types.processes = {
    check = function(value, row)
        if value == "auto" then
            return 0
        end
        return types.count.check(value, row)
    end,
    expects = function(row)
        return types.count.expects(row) .. " or \"auto\""
    end,
}

-- false is what `off` allows.
types.flag = {
    check = function(value)
        return value == true or nil
    end,
    expects = function()
        return "true"
    end,
}

types.choice = {
    check = function(value, row)
        for _, known in ipairs(row.values) do
            if value == known then
                return value
            end
        end
        if type(value) == "string" and suggest.nearest(value, row.values) then
            return nil, ("cannot be %q%s"):format(value, suggest.hint(value, row.values))
        end
    end,
    expects = function(row)
        return "\"" .. table.concat(row.values, "\" or \"") .. "\""
    end,
}

--- Text of some form, of at most `most` bytes and without control characters.
local function text(expected, most, pattern, convert)
    return {
        check = function(value, _, place)
            if type(value) ~= "string" or value == "" or value:find("%c") then
                return nil
            elseif #value > most then
                return nil, ("has %d bytes; at most %d fit"):format(#value, most)
            elseif not value:find(pattern) then
                return nil
            elseif convert then
                return convert(value, place)
            end
            return value
        end,
        expects = function()
            return expected
        end,
    }
end

local function resolved(path, place)
    return files.resolve(place.directory, path)
end

local function readable(path, place)
    path = resolved(path, place)
    local ok, reason = files.readable(path)
    return ok and path or nil, not ok and ("cannot be read: %s: %s"):format(path, reason) or nil
end

local function folder(path, place)
    path = resolved(path, place)
    if files.is_folder(path) then
        return path
    end
    return nil, ("names no folder: %s; make it first"):format(path)
end

local function user(name)
    if ffi.C.getpwnam(name) ~= nil then
        return name
    end
    return nil, ("cannot be %q: there is no such user"):format(name)
end

types.user = text("the name of a user", NAME_MAX_BYTES, "^%S+$", user)
types.name = text("a name without spaces", NAME_MAX_BYTES, "^[^%s/]+$")
types.path = text("a path", PATH_MAX_BYTES, "", resolved)
types.file = text("the path of a file", PATH_MAX_BYTES, "", readable)
types.folder = text("the path of a folder", PATH_MAX_BYTES, "", folder)
types.prefix = text("a path such as \"/run/\", with a slash at both ends", 127,
    "^%f[/][^%s?#]*/$")
types.target = text("a path such as \"/status\"", 255, "^/%S*$")

for name, kind in pairs(require("gateway.places")) do
    types[name] = kind
end
types.token, types.token_file = secret.token, secret.token_file

return types
