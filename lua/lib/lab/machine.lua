--- A machine: cores that its jobs share evenly (processor sharing), exactly.
-- While n jobs run on c cores each gets min(1, c / n) of a core.  All advance alike, so one number,
-- the work that a job present all along would have got, is enough: a job that needs w is done when
-- the number has grown by w.  The jobs lie in a heap by that value; what starts or ends changes
-- nothing but the pace.  A step costs O(log n), and time is an argument throughout (ms).
local machine = {}

local job_heap = require("lab.job_heap")

local huge, min = math.huge, math.min

local methods = {}
local metatable = { __index = methods }

--- A machine of so many cores, fractions allowed; math.huge: every job has a core of its own.
function machine.new(cores)
    return setmetatable({
        cores = cores,
        jobs = job_heap.new(), -- by the value of `work` at which they are done
        now = 0, -- when `work` was true
        work = 0, -- core-ms that a job present all along has got
        busy = 0, -- core-ms that all jobs together have got
    }, metatable)
end

local function pace(self)
    return min(1, self.cores / self.jobs.count)
end

-- Brings the numbers to this time; no job may be due before it.
local function pass(self, now)
    local count = self.jobs.count
    if count > 0 and now > self.now then
        local got = (now - self.now) * pace(self)
        self.work = self.work + got
        self.busy = self.busy + got * count
    end
    self.now = now
end

--- Start a job that needs so many core-ms.  What is due by now must have been taken before.
function methods:add(now, work, job)
    pass(self, now)
    if self.jobs.count == 0 then
        self.work = 0 -- small numbers keep the sums exact
    end
    self.jobs:push(self.work + work, job)
end

--- When the next job is done if none is added before; math.huge when there is none.
function methods:next_event()
    if self.jobs.count == 0 then
        return huge
    end
    local left = self.jobs:first() - self.work
    return left > 0 and self.now + left / pace(self) or self.now
end

--- The next job that is done by now, and when it was; nil when there is none.
function methods:take(now)
    local at = self:next_event()
    if at > now or at == huge then
        return nil
    end
    pass(self, at)
    self.work = self.jobs:first() -- not the rounded sum, which may fall short of it
    return self.jobs:pop(), at
end

--- Give up the jobs for which `is_dropped(job)` holds: a worker died.
function methods:drop(now, is_dropped)
    pass(self, now)
    self.jobs:drop(is_dropped)
end

--- The share of its cores that is in use, from 0 to 1.
function methods:utilization()
    return min(1, self.jobs.count / self.cores)
end

return machine
