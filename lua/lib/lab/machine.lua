--- A machine: cores that its jobs share evenly (processor sharing), exactly.
-- While n jobs run on c cores each gets min(1, c / n) of a core.  All advance alike, so one number,
-- the work that a job present all along would have got, is enough: a job that needs w is done when
-- the number has grown by w.  The jobs lie in a heap by that value; what starts or ends changes
-- nothing but the pace.  A step costs O(log n), and time is an argument throughout (ms).
local machine = {}

local huge, min = math.huge, math.min

local methods = {}
local metatable = { __index = methods }

--- A machine of so many cores, fractions allowed; math.huge: every job has a core of its own.
function machine.new(cores)
    return setmetatable({
        cores = cores,
        count = 0, -- jobs
        now = 0, -- when `work` was true
        work = 0, -- core-ms that a job present all along has got
        busy = 0, -- core-ms that all jobs together have got
        started = 0, -- jobs ever; equal ones end in the order in which they started
        finish = {}, -- heap: `work` at which the job is done,
        order = {}, --       the number of its start
        job = {}, --         and what the caller gave
    }, metatable)
end

local function pace(self)
    return min(1, self.cores / self.count)
end

local function place(self, at, finish, order, job)
    self.finish[at], self.order[at], self.job[at] = finish, order, job
end

local function sift_up(self, at, finish, order, job)
    local finishes, orders, jobs = self.finish, self.order, self.job
    while at > 1 do
        local parent = (at - at % 2) / 2
        if finishes[parent] < finish or (finishes[parent] == finish and orders[parent] < order) then
            break
        end
        finishes[at], orders[at], jobs[at] = finishes[parent], orders[parent], jobs[parent]
        at = parent
    end
    place(self, at, finish, order, job)
end

local function sift_down(self, finish, order, job)
    local finishes, orders, jobs, count = self.finish, self.order, self.job, self.count
    local at, child = 1, 2
    while child <= count do
        local right = child + 1
        if right <= count and (finishes[right] < finishes[child]
            or (finishes[right] == finishes[child] and orders[right] < orders[child])) then
            child = right
        end
        if finish < finishes[child] or (finish == finishes[child] and order < orders[child]) then
            break
        end
        finishes[at], orders[at], jobs[at] = finishes[child], orders[child], jobs[child]
        at, child = child, child * 2
    end
    place(self, at, finish, order, job)
end

-- Brings the numbers to this time; no job may be due before it.
local function pass(self, now)
    local count = self.count
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
    if self.count == 0 then
        self.work = 0 -- small numbers keep the sums exact
    end
    self.count = self.count + 1
    self.started = self.started + 1
    sift_up(self, self.count, self.work + work, self.started, job)
end

--- When the next job is done if none is added before; math.huge when there is none.
function methods:next_event()
    if self.count == 0 then
        return huge
    end
    local left = self.finish[1] - self.work
    return left > 0 and self.now + left / pace(self) or self.now
end

--- The next job that is done by now, and when it was; nil when there is none.
function methods:take(now)
    if self.count == 0 then
        return nil
    end
    local at = self:next_event()
    if at > now then
        return nil
    end
    local job, finish = self.job[1], self.finish[1]
    pass(self, at)
    self.work = finish -- not the rounded sum: it must never fall short of what it has reached
    local last = self.count
    self.count = last - 1
    local last_finish, last_order, last_job = self.finish[last], self.order[last], self.job[last]
    self.job[last] = false
    if last > 1 then
        sift_down(self, last_finish, last_order, last_job)
    end
    return job, at
end

--- Give up the jobs for which `is_dropped(job)` holds: a worker died.
function methods:drop(now, is_dropped)
    pass(self, now)
    local finishes, orders, jobs, count = self.finish, self.order, self.job, self.count
    self.count = 0
    for i = 1, count do
        local finish, order, job = finishes[i], orders[i], jobs[i]
        if not is_dropped(job) then
            self.count = self.count + 1
            sift_up(self, self.count, finish, order, job)
        end
    end
    for i = self.count + 1, count do
        jobs[i] = false
    end
end

--- The share of its cores that is in use, from 0 to 1.
function methods:utilization()
    return min(1, self.count / self.cores)
end

return machine
