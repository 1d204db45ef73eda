--- What is wrong with one file: collected as it is found, reported in the order of the file.
local wording = require("gateway.wording")

local problems = {}

local MOST = 20 -- who has more to mend sees the rest next time

local Problems = {}
Problems.__index = Problems

--- `line_of` tells the line of an option by its path, such as "timeouts.head"; without a file, what
-- is wrong stands alone.
function problems.new(file, line_of)
    return setmetatable({ file = file, line_of = line_of }, Problems)
end

--- Reports a problem where `path` stands, or else where `other` does.
function Problems:add(path, text, other)
    self:add_at(self.line_of(path) or (other and self.line_of(other)), text)
end

function Problems:add_at(line, text)
    local place = self.file and (line and ("%s:%d: "):format(self.file, line) or self.file .. ": ")
        or ""
    self[#self + 1] = { line = line or 0, text = place .. wording.one_line(text) }
end

--- One problem a line: `file:line: what is wrong and what to do`.
function Problems:report()
    table.sort(self, function(a, b)
        return a.line < b.line or (a.line == b.line and a.text < b.text)
    end)
    local texts = {}
    for i = 1, math.min(#self, MOST) do
        texts[i] = self[i].text
    end
    if #self > MOST then
        texts[MOST + 1] = ("%s: and %d more"):format(self.file, #self - MOST)
    end
    return table.concat(texts, "\n")
end

return problems
