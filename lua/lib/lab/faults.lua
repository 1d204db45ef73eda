--- When workers crash, and when they are back.
local faults = {}

local agenda = require("lab.agenda")

local methods = {}
local metatable = { __index = methods }

local function plan(self, number, at)
    local _
    self.agenda:set(number, at)
    _, self.next_at = self.agenda:first()
end

--- `sites`: each has a model; `calls`: on_crash(site, now) and on_return(site, now).  next_at tells
-- when the next worker comes or goes.
function faults.new(sites, calls)
    local self = setmetatable({ sites = sites, calls = calls, agenda = agenda.new(#sites) },
        metatable)
    for number, site in ipairs(sites) do
        site.is_gone = false
        plan(self, number, site.model.chance:next_crash(0))
    end
    return self
end

--- The first one does.
function methods:advance(now)
    local number = self.agenda:first()
    local site = self.sites[number]
    site.is_gone = not site.is_gone
    if site.is_gone then
        site.model:stop(now, true)
        plan(self, number, now + site.model.settings.down)
        self.calls.on_crash(site, now)
    else
        plan(self, number, site.model.chance:next_crash(now))
        self.calls.on_return(site, now)
    end
end

return faults
