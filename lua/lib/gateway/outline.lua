--- Reads the outline of a configuration's source: which key stands on which line.
-- It follows what people write: `return { ... }` and `local conf = { ... }; conf.key = ...`, with
-- parts kept in other variables.  What is computed has no line of its own.
local tokens = require("gateway.tokens")

local outline = {}

local Scan = {}
Scan.__index = Scan

-- What opens (1) or closes (-1) something that may hold commas of its own.
local NESTING = {
    ["("] = 1, ["["] = 1, ["{"] = 1, ["function"] = 1, ["if"] = 1, ["do"] = 1, ["repeat"] = 1,
    [")"] = -1, ["]"] = -1, ["}"] = -1, ["end"] = -1, ["until"] = -1,
}
local SEPARATOR = { [","] = true, [";"] = true, ["}"] = true }

--- The text of the token `ahead` of the current one; a string's text is no sign, so not given.
function Scan:sign(ahead)
    local token = self.list[self.at + (ahead or 0)]
    return token and token.kind ~= "string" and token.text
end

function Scan:kind(ahead)
    local token = self.list[self.at + (ahead or 0)]
    return token and token.kind
end

--- Is the token `ahead` an assignment's "=" rather than half of "=="?
function Scan:assigns(ahead)
    return self:sign(ahead) == "=" and self:sign(ahead + 1) ~= "="
end

--- Takes `[3]` or `["key"]`: how a path continues, or nil.
function Scan:subscript()
    local kind = self:kind(1)
    if self:sign() ~= "[" or self:sign(2) ~= "]" or not (kind == "string" or kind == "number") then
        return nil
    end
    local text = self.list[self.at + 1].text
    self.at = self.at + 3
    return kind == "string" and "." .. text or "[" .. text .. "]"
end

--- Takes the key of a field with its "=": how its path continues; nil when the field has none.
function Scan:key()
    local start = self.at
    if self:kind() == "name" and self:assigns(1) then
        self.at = self.at + 2
        return "." .. self.list[start].text
    end
    local key = self:subscript()
    if key and self:assigns(0) then
        self.at = self.at + 1
        return key
    end
    self.at = start
end

--- Takes the rest of a field, whatever is nested in it.
function Scan:skip()
    local depth = 0
    while self.list[self.at] and not (depth == 0 and SEPARATOR[self:sign()]) do
        depth = depth + (NESTING[self:sign()] or 0)
        self.at = self.at + 1
    end
end

function Scan:value(path)
    if self:sign() == "{" then
        self.at = self.at + 1
        self:fields(path)
    elseif self:kind() == "name" and SEPARATOR[self:sign(1)] then
        self.same[path] = self:sign()
    end
end

--- Takes the fields of a table constructor up to and with its "}".
function Scan:fields(path)
    local count, seen = 0, {}
    while self.list[self.at] and self:sign() ~= "}" do
        local line, key = self.list[self.at].line, self:key()
        if not key then
            count = count + 1
            key = "[" .. count .. "]"
        end
        if seen[key] then
            self.twice[#self.twice + 1] = { path = path .. key, line = line, first = seen[key] }
        end
        seen[key], self.lines[path .. key] = line, line
        self:value(path .. key)
        self:skip()
        if self:sign() ~= "}" then
            self.at = self.at + 1
        end
    end
    self.at = self.at + 1
end

--- Takes `name.key[1] =` and a table behind it; the name alone when nothing is assigned.
function Scan:statement()
    local path, line = self:sign(), self.list[self.at].line
    local after = self.at + 1
    self.at = after
    while path do
        if self:assigns(0) then
            self.at = self.at + 1
            self.lines[path] = line
            return self:value(path)
        end
        local key = self:subscript()
        if not key and self:sign() == "." and self:kind(1) == "name" then
            key = "." .. self:sign(1)
            self.at = self.at + 2
        end
        path = key and path .. key
    end
    self.at = after
end

function Scan:run()
    while self.list[self.at] do
        if self:sign() == "return" then
            self.root = self:kind(1) == "name" and self:sign(1) or "return"
            self.at = self.at + 1
            self:value(self.root)
        elseif self:kind() == "name" then
            self:statement()
        else
            self.at = self.at + 1
        end
    end
end

--- The outline of a source: `lines` by full path such as "return.workers[3].url", `root` (what
-- the full paths of the returned table begin with), `same` (which paths are just a variable, by
-- name) and `twice` (keys written again in the same table).
function outline.read(text)
    local scan = {
        list = tokens.split(text), at = 1, root = "return", lines = {}, same = {}, twice = {},
    }
    setmetatable(scan, Scan):run()
    return scan
end

return outline
