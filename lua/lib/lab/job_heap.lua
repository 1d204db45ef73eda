--- Jobs by when they are done, the first on top; of equal ones the one that was started first.
-- A binary heap in three arrays.  Its loops are entered for their second turn at the earliest: one
-- of a single turn is none that LuaJIT compiles, and few jobs are the usual case.
local job_heap = {}

local methods = {}
local metatable = { __index = methods }

function job_heap.new()
    return setmetatable({ count = 0, started = 0, finish = {}, order = {}, job = {} }, metatable)
end

local function place(self, at, finish, order, job)
    self.finish[at], self.order[at], self.job[at] = finish, order, job
end

local function move(self, from, to)
    place(self, to, self.finish[from], self.order[from], self.job[from])
end

-- Is the job at a place later than one that is done at `finish` and started as number `order`?
local function is_later(self, at, finish, order)
    local other = self.finish[at]
    return other > finish or (other == finish and self.order[at] > order)
end

local function rise(self, at, finish, order, job)
    local parent = (at - at % 2) / 2
    if at > 1 and is_later(self, parent, finish, order) then
        move(self, parent, at)
        at, parent = parent, (parent - parent % 2) / 2
        while at > 1 and is_later(self, parent, finish, order) do
            move(self, parent, at)
            at, parent = parent, (parent - parent % 2) / 2
        end
    end
    place(self, at, finish, order, job)
end

-- The earlier of the jobs below a place; nil when none is earlier than the one given.
local function earlier_child(self, at, finish, order)
    local child, count = 2 * at, self.count
    if child > count then
        return nil
    end
    if child < count and is_later(self, child, self.finish[child + 1], self.order[child + 1]) then
        child = child + 1
    end
    return not is_later(self, child, finish, order) and child or nil
end

local function sink(self, finish, order, job)
    local at, child = 1, earlier_child(self, 1, finish, order)
    if child then
        move(self, child, at)
        at, child = child, earlier_child(self, child, finish, order)
        while child do
            move(self, child, at)
            at, child = child, earlier_child(self, child, finish, order)
        end
    end
    place(self, at, finish, order, job)
end

--- A job that is done at `finish`.
function methods:push(finish, job)
    self.count, self.started = self.count + 1, self.started + 1
    rise(self, self.count, finish, self.started, job)
end

--- When the first is done.
function methods:first()
    return self.finish[1]
end

--- The first job, which is no longer in it.
function methods:pop()
    local job, last = self.job[1], self.count
    local finish, order, other = self.finish[last], self.order[last], self.job[last]
    self.count, self.job[last] = last - 1, false
    if last > 1 then
        sink(self, finish, order, other)
    end
    return job
end

--- Leave out the jobs for which `is_dropped(job)` holds.
function methods:drop(is_dropped)
    local count = self.count
    self.count = 0
    for i = 1, count do
        local finish, order, job = self.finish[i], self.order[i], self.job[i]
        self.job[i] = false
        if not is_dropped(job) then
            self.count = self.count + 1
            rise(self, self.count, finish, order, job)
        end
    end
end

return job_heap
