--- A progress bar on a terminal, and nothing at all elsewhere.
--
--     round_robin  ━━━━━━━━━━━━━━━━──────────────  52 %  776/1493  ETA 0:19
local progress = {}

local WIDTH = 30

local methods = {}
local metatable = { __index = methods }

--- `write` puts text on the terminal, nil: there is none; `columns` is its width.
function progress.new(label, total, write, columns)
    return setmetatable({ label = label, total = total, write = write, columns = columns or 80 },
        metatable)
end

local function clock(seconds)
    seconds = math.ceil(seconds)
    return ("%d:%02d"):format(math.floor(seconds / 60), seconds % 60)
end

--- The bar's line when `done` of the total are done after so many seconds.
function methods:line(done, elapsed)
    local share = self.total > 0 and math.min(1, done / self.total) or 1
    local full = math.floor(share * WIDTH)
    local text = ("  %s%3d %%  %d/%d"):format(
        self.label ~= "" and self.label .. "  " or "", share * 100, done, self.total)
    if share > 0 and share < 1 then
        text = text .. "  ETA " .. clock(elapsed * (1 - share) / share)
    end
    if #text + WIDTH + 2 > self.columns then
        return text
    end
    local bar = ("━"):rep(full) .. ("─"):rep(WIDTH - full)
    local at = #self.label + (self.label ~= "" and 4 or 2)
    return text:sub(1, at) .. bar .. " " .. text:sub(at + 1)
end

function methods:show(done, elapsed)
    if self.write then
        self.write("\r\27[K" .. self:line(done, elapsed))
    end
end

--- Take the bar away.
function methods:clear()
    if self.write then
        self.write("\r\27[K")
    end
end

return progress
