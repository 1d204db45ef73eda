--- Which requests a worker runs at once, and which wait: first come, first served, but a request
-- whose function is at its own limit lets others pass.  One that finds no memory for a sandbox does
-- not, or small sandboxes would keep a large one waiting for ever.
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
        queue = settings.queue or huge, start = settings.start,
        running = 0, running_of = {}, ends = ends, waiting_of = {},
    }, metatable)
end

local function may_run(self, func)
    return (self.running_of[func] or 0) < self.most_per_function
end

-- Gives the request a place (and a sandbox); false when there is none for anybody.
local function enter(self, now, request, sandboxes)
    local func = request.func
    if self.running >= self.most then
        return false
    end
    if sandboxes then
        local sandbox, was_warm = sandboxes:take(now, func, request.memory, self.start)
        if not sandbox then
            return false
        end
        request.sandbox, request.was_warm = sandbox, was_warm
    end
    self.running = self.running + 1
    self.running_of[func] = (self.running_of[func] or 0) + 1
    return true
end

--- A request asks to run: "now", "later" (see admit) or "full".
function methods:ask(now, request, sandboxes)
    local func, ends = request.func, self.ends
    local waiting = self.waiting_of[func] or 0
    if waiting == 0 and may_run(self, func) and enter(self, now, request, sandboxes) then
        return "now"
    end
    if waiting >= self.queue then
        return "full"
    end
    self.waiting_of[func] = waiting + 1
    local place = { request = request, before = ends.before, after = ends }
    ends.before.after = place
    ends.before = place
    return "later"
end

--- A request that ran is over.
function methods:leave(now, request, sandboxes)
    local func = request.func
    self.running = self.running - 1
    self.running_of[func] = self.running_of[func] - 1
    if sandboxes then
        sandboxes:give(now, request.sandbox)
        request.sandbox = nil
    end
end

--- Iterate over the waiting requests that may run now, the oldest first.
function methods:admit(now, sandboxes)
    local place = self.ends.after
    return function()
        while place ~= self.ends do
            local request, here = place.request, place
            if may_run(self, request.func) then
                if not enter(self, now, request, sandboxes) then
                    return nil
                end
                place = here.after
                here.before.after, here.after.before = here.after, here.before
                self.waiting_of[request.func] = self.waiting_of[request.func] - 1
                return request
            end
            place = here.after
        end
    end
end

return admission
