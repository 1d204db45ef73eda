--- Which workers a policy may choose: those that the gateway takes for up.
-- As the real one it asks each now and then (health: every 5 s, four times as often in times of
-- doubt; 3 bad answers are down, 2 good ones up) and leaves a worker out whose attempts failed five
-- times in a row (ejection: for 10 s, then twice as long), but never more than half of them nor the
-- last.  A site is a worker with what the simulation knows of it; here: failures, is_down,
-- ejected_for and changed.
local membership = {}

local agenda = require("lab.agenda")
local floor, huge, max, min = math.floor, math.huge, math.max, math.min

local INTERVAL, DOUBT, RISE, FALL = 5000, 5000 / 4, 2, 3 -- of the checks; ms
local FAILURES, TIME, MAX_TIME, SHARE = 5, 10000, 300000, 0.5 -- of ejection
local LOOK = 50 -- ms from one look at who fails to the next

local methods = {}
local metatable = { __index = methods }

--- `sites`: all, in their order; `stream`: of random numbers, for when checks come;
-- on_change(workers, now): hears of a new list.  next_at tells when there is something to do.
function membership.new(sites, stream, on_change)
    for number, site in ipairs(sites) do
        site.number, site.failures, site.changed = number, 0, 0
        site.is_down, site.is_ejected, site.ejected_for = false, false, 0
    end
    return setmetatable({
        sites = sites, stream = stream, on_change = on_change, serving = #sites, ejected = 0,
        look_at = huge, next_at = huge, checks = agenda.new(#sites), returns = agenda.new(#sites),
    }, metatable)
end

local function plan(self)
    local _, check = self.checks:first()
    local _, back = self.returns:first()
    self.next_at = min(check, back, self.look_at)
end

local function publish(self, now)
    local workers = {}
    for _, site in ipairs(self.sites) do
        if not site.is_down and not site.is_ejected then
            workers[#workers + 1] = site.worker
        end
    end
    self.serving = #workers
    self.on_change(workers, now)
end

local function bring_back(self, site, now)
    self.returns:set(site.number, huge)
    self.ejected = self.ejected - 1
    site.is_ejected, site.failures, site.changed = false, 0, now
end

-- Whoever is ejected is tried again when nobody else is left.
local function keep_serving(self, now)
    for _, site in ipairs(self.sites) do
        if not site.is_down and not site.is_ejected then
            return
        end
    end
    for _, site in ipairs(self.sites) do
        if site.is_ejected then
            bring_back(self, site, now)
        end
    end
end

-- What the checks have found out.
local function decide(self, site, now)
    self.checks:set(site.number, huge)
    if site.is_ejected then
        bring_back(self, site, now)
    end
    site.is_down, site.failures, site.changed = not site.is_down, 0, now
    keep_serving(self, now)
    publish(self, now)
end

--- A worker is gone: the checks find out after a while, unless they took it for down all along.
function methods:gone(site, now)
    self.checks:set(site.number, site.is_down and huge
        or now + self.stream:uniform() * INTERVAL + (FALL - 1) * DOUBT)
    plan(self)
end

--- A worker is back: likewise, if they found out that it was gone.
function methods:back(site, now)
    self.checks:set(site.number, site.is_down
        and now + self.stream:uniform() * DOUBT + (RISE - 1) * DOUBT or huge)
    plan(self)
end

--- An attempt at a worker failed.
function methods:failed(site, now)
    site.failures = site.failures + 1
    if site.failures >= FAILURES then
        self.look_at = min(self.look_at, (floor(now / LOOK) + 1) * LOOK)
        plan(self)
    end
end

local function eject(self, site, now)
    local has_served_long = now - site.changed >= MAX_TIME
    site.ejected_for = has_served_long and TIME or min(MAX_TIME, max(TIME, 2 * site.ejected_for))
    site.is_ejected, site.changed = true, now
    self.ejected, self.serving = self.ejected + 1, self.serving - 1
    self.returns:set(site.number, now + site.ejected_for)
end

local function may_eject(self)
    return self.serving >= 2 and (self.ejected == 0
        or self.ejected + 1 <= SHARE * (self.serving + self.ejected))
end

local function look(self, now)
    local before = self.ejected
    self.look_at = huge
    for _, site in ipairs(self.sites) do
        local fails = site.failures >= FAILURES and not site.is_down and not site.is_ejected
        if fails and may_eject(self) then
            eject(self, site, now)
        end
    end
    if self.ejected > before then
        publish(self, now)
    end
end

--- Do the first of what is due.
function methods:advance(now)
    local checked, check = self.checks:first()
    local ejected, back = self.returns:first()
    if self.look_at <= min(check, back) then
        look(self, now)
    elseif check <= back then
        decide(self, self.sites[checked], now)
    else
        bring_back(self, self.sites[ejected], now)
        publish(self, now)
    end
    plan(self)
end

return membership
