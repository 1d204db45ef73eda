--- Which requests a worker runs at once, and which wait: first come, first served, but a request
-- whose function is at its own limit lets others pass.  One that finds no memory for a sandbox does
-- not, or small sandboxes would keep a large one waiting for ever.
-- A request has number (of its function), memory, and before and after, its neighbours in the line.
local admission = {}

local huge = math.huge

local methods = {}
local metatable = { __index = methods }

--- `settings`: running (requests at once), running_per_function, queue (that wait, per function),
-- all nil for any number; has_sandboxes: each needs a sandbox as well.
function admission.new(settings)
    local ends = {} -- a ring of those that wait: ends.after is the oldest
    ends.before, ends.after = ends, ends
    return setmetatable({
        is_open = not (settings.running or settings.running_per_function or settings.has_sandboxes),
        most = settings.running or huge, most_per_function = settings.running_per_function or huge,
        has_function_limit = settings.running_per_function ~= nil,
        queue = settings.queue or huge, start = settings.start,
        running = 0, running_of = {}, ends = ends, waiting = 0, waiting_of = {},
    }, metatable)
end

local function may_run(self, func)
    return not self.has_function_limit or (self.running_of[func] or 0) < self.most_per_function
end

local function count_running(self, func, change)
    self.running = self.running + change
    if self.has_function_limit then
        self.running_of[func] = (self.running_of[func] or 0) + change
    end
end

local function count_waiting(self, func, change)
    self.waiting = self.waiting + change
    self.waiting_of[func] = (self.waiting_of[func] or 0) + change
end

-- Gives the request a place (and a sandbox); false when there is none for anybody.
local function enter(self, now, request, sandboxes)
    if self.running >= self.most then
        return false
    end
    if sandboxes then
        local sandbox, was_warm = sandboxes:take(now, request.number, request.memory, self.start)
        if not sandbox then
            return false
        end
        request.sandbox, request.was_warm = sandbox, was_warm
    end
    count_running(self, request.number, 1)
    return true
end

local function wait(self, request)
    local ends = self.ends
    count_waiting(self, request.number, 1)
    request.before, request.after = ends.before, ends
    ends.before.after = request
    ends.before = request
end

--- A request asks to run: "now", "later" (see admit) or "full".
function methods:ask(now, request, sandboxes)
    local func = request.number
    local waiting = self.waiting > 0 and self.waiting_of[func] or 0
    if waiting == 0 and may_run(self, func) and enter(self, now, request, sandboxes) then
        return "now"
    end
    if waiting >= self.queue then
        return "full"
    end
    wait(self, request)
    return "later"
end

--- A request that ran is over.
function methods:leave(now, request, sandboxes)
    count_running(self, request.number, -1)
    if sandboxes then
        sandboxes:give(now, request.sandbox)
        request.sandbox = false
    end
end

--- The oldest waiting request that may run now, which it then does; nil when there is none.
function methods:admit(now, sandboxes)
    local request = self.ends.after
    while request ~= self.ends do
        if may_run(self, request.number) then
            if not enter(self, now, request, sandboxes) then
                return nil
            end
            request.before.after, request.after.before = request.after, request.before
            count_waiting(self, request.number, -1)
            return request
        end
        request = request.after
    end
end

return admission
