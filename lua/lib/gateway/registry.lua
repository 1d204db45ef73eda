--- Reads the registry, a JSON file: which functions there are, and the packages of each.
-- It is either a list, [{"handle": name, "pkgs": [names, largest first]}, ...], or has sizes,
-- {"packages": {name: bytes}, "functions": {name: [names]}}, by which it is sorted here.
local cjson = require("cjson")
local files = require("gateway.files")
local json_text = require("gateway.json_text")
local registry_checks = require("gateway.registry_checks")
local registry_list = require("gateway.registry_list")
local registry_sized = require("gateway.registry_sized")

local registry = {}

local json = cjson.new()
json.decode_max_depth(8) -- a registry has 3; deeper nesting would only use up the stack
json.decode_invalid_numbers(false)

local MARK = "\239\187\191" -- before the text of some editors' UTF-8

--- The decoder's names for what it found.
local TOKENS = {
    T_OBJ_BEGIN = "\"{\"", T_OBJ_END = "\"}\"", T_ARR_BEGIN = "\"[\"", T_ARR_END = "\"]\"",
    T_STRING = "a string", T_NUMBER = "a number", T_BOOLEAN = "true or false", T_NULL = "null",
    T_COLON = "\":\"", T_COMMA = "\",\"", T_END = "the end of the file",
}

--- What the decoder has to say, with line and column for its "at character 17".
local function malformed(path, text, message)
    local reason, offset = message:match("^(.*) at character (%d+)$")
    if not offset then
        return ("%s: is no JSON: %s"):format(path, message)
    end
    local line, column = json_text.position(text, tonumber(offset))
    reason = reason:gsub("T_[%u_]+", TOKENS):gsub("^%u", string.lower)
    return ("%s:%d:%d: is no JSON: %s"):format(path, line, column, reason)
end

local function read(given)
    if registry_checks.is_list(given) then
        return registry_list.read(given)
    elseif type(given) == "table" and not given.handle then
        return registry_sized.read(given)
    end
    return nil, "must be an array of {\"handle\": name, \"pkgs\": [names]} or an object with "
        .. "\"packages\" and \"functions\", not " .. registry_checks.describe(given), {}
end

--- How many keys of objects are left after decoding, which keeps the last of equal ones.
local function count_keys(given)
    if not given.functions then
        local count = 0
        for _, entry in ipairs(given) do
            count = count + (entry.pkgs == nil and 1 or 2)
        end
        return count
    end
    local count = 2
    for _ in pairs(given.packages) do
        count = count + 1
    end
    for _ in pairs(given.functions) do
        count = count + 1
    end
    return count
end

--- { functions = { { name, packages }, ... } } with the packages largest first; or nil and
-- `file:line: what is wrong`, naming the entry.
function registry.load(path)
    local text, reason = files.read(path)
    if not text then
        return nil, ("%s: cannot be read: %s"):format(path, reason)
    end
    text = text:gsub("^" .. MARK, "")
    if not text:find("%S") then
        return nil, ("%s: is empty; write [] when there are no functions"):format(path)
    end
    local nul = text:find("%z") -- where the decoder would stop, whatever follows
    if nul then
        local line, column = json_text.position(text, nul)
        return nil, ("%s:%d:%d: is no JSON: it has a NUL byte"):format(path, line, column)
    end
    local ok, given = pcall(json.decode, text)
    if not ok then
        return nil, malformed(path, text, given)
    end
    local functions, fault, keys = read(given)
    if not functions then
        local line = json_text.line(text, keys)
        return nil, ("%s:%s %s"):format(path, line and line .. ":" or "", fault)
    elseif json_text.count_keys(text) ~= count_keys(given) then
        local key, line = json_text.twice(text)
        return nil, ("%s:%d: %q is listed twice; leave one out"):format(path, line or 1, key or "?")
    end
    return { functions = functions }
end

return registry
