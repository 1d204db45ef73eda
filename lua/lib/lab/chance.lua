--- What is left to chance at a worker: how long calls take, which of them fail, when it crashes.
local chance = {}

local random = require("lab.random")

local huge, min = math.huge, math.min

local methods = {}
local metatable = { __index = methods }

--- Of the worker of this name; `settings` come from lab.settings.  The random numbers of crashes
-- are apart, so that a worker crashes at the same times whatever it is given to do.
function chance.new(settings, seed, name)
    return setmetatable({
        settings = settings, stream = random.new(seed, name),
        crashes = random.new(seed, name .. " crashes"),
    }, metatable)
end

--- The core-ms of a call; `work`: what the workload says, or false.
function methods:work(work)
    local settings = self.settings
    if not work then
        work = settings.call
        if settings.call_sigma > 0 then
            work = self.stream:lognormal(work, settings.call_sigma)
        end
    end
    if settings.stragglers > 0 and self.stream:uniform() < settings.stragglers then
        work = work * settings.straggler_factor
    end
    return work
end

--- Does this call fail?
function methods:fails()
    local failures = self.settings.failures
    return failures > 0 and self.stream:uniform() < failures
end

--- When the worker crashes if it is up from now on; math.huge: never.
function methods:next_crash(now)
    local settings, at = self.settings, huge
    if settings.crash_every then
        at = now + self.crashes:exponential(settings.crash_every)
    end
    if settings.crash_at and settings.crash_at >= now then
        at = min(at, settings.crash_at)
    end
    return at
end

return chance
