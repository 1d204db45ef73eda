--- Which requests a worker runs at once, and which wait: first come, first served, but a request
-- whose function is at its own limit lets others pass.
local admission = {}

local huge = math.huge

local methods = {}
local metatable = { __index = methods }

--- `settings`: running (requests at once), running_per_function, queue (that wait, per function),
-- all nil for any number; has_sandboxes: each needs a sandbox as well.
function admission.new(settings)
    return setmetatable({
        is_open = not (settings.running or settings.running_per_function or settings.has_sandboxes),
        most = settings.running or huge, most_per_function = settings.running_per_function or huge,
        queue = settings.queue or huge, start = settings.start,
        running = 0, running_of = {}, waiting = {}, waiting_of = {},
    }, metatable)
end

-- Gives the request a place (and a sandbox); false when there is none.
local function enter(self, now, request, sandboxes)
    local func = request.func
    local running = self.running_of[func] or 0
    if self.running >= self.most or running >= self.most_per_function then
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
    self.running_of[func] = running + 1
    return true
end

--- A request asks to run: "now", "later" (see admit) or "full".
function methods:ask(now, request, sandboxes)
    local func = request.func
    local waiting = self.waiting_of[func] or 0
    if waiting == 0 and enter(self, now, request, sandboxes) then
        return "now"
    end
    if waiting >= self.queue then
        return "full"
    end
    self.waiting_of[func] = waiting + 1
    self.waiting[#self.waiting + 1] = request
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

--- Iterate over the waiting requests that may run now.
function methods:admit(now, sandboxes)
    local waiting = self.waiting
    local at = 1
    return function()
        while at <= #waiting and self.running < self.most do
            local request = waiting[at]
            if enter(self, now, request, sandboxes) then
                table.remove(waiting, at)
                self.waiting_of[request.func] = self.waiting_of[request.func] - 1
                return request
            end
            at = at + 1
        end
    end
end

return admission
