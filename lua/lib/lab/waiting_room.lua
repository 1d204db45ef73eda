--- Requests that no worker can take now, oldest first: each waits for one worker or for any.
-- The same rules as in the gateway's queue.  A request that is woken in vain keeps its age.
local waiting_room = {}

local ANY = {}

local methods = {}
local metatable = { __index = methods }

--- `timeout`: how long a request waits at most (ms); `size`: how many may wait.
function waiting_room.new(timeout, size)
    return setmetatable({
        timeout = timeout, size = size or math.huge, tickets = 0, count = 0, peak = 0,
        everyone = { first = 1, last = 0 }, lines = { [ANY] = { first = 1, last = 0 } },
    }, metatable)
end

-- The oldest live entry of a line with a ticket above `after`; dead ones at its head go.
local function oldest(line, after)
    while line.first <= line.last and not line[line.first].request do
        line[line.first] = nil
        line.first = line.first + 1
    end
    for i = line.first, line.last do
        local entry = line[i]
        if entry.request and entry.ticket > after then
            return entry
        end
    end
end

local function insert(line, entry)
    local at = line.last + 1
    while at > line.first and line[at - 1].ticket > entry.ticket do
        line[at] = line[at - 1]
        at = at - 1
    end
    line[at] = entry
    line.last = line.last + 1
end

--- A request waits for this worker (nil: for any), or waits again.  False: no more may wait.
function methods:wait(now, request, worker)
    local target = worker or ANY
    local entry = request.entry
    if entry and entry.target == target then
        return true
    elseif not entry and self.count >= self.size then
        return false
    end
    self.lines[target] = self.lines[target] or { first = 1, last = 0 }
    local moved = { request = request, target = target, since = entry and entry.since or now }
    if entry then
        moved.ticket = entry.ticket
        entry.request = nil
    else
        self.tickets = self.tickets + 1
        moved.ticket = self.tickets
        self.count = self.count + 1
        self.peak = math.max(self.peak, self.count)
    end
    request.entry = moved
    insert(self.lines[target], moved)
    insert(self.everyone, moved)
    return true
end

--- A request no longer waits, if it did.
function methods:leave(request)
    if request.entry then
        request.entry.request = nil
        request.entry = false
        self.count = self.count - 1
    end
end

--- The oldest request that may use a place at this worker, of those that came after `ticket` (0:
-- of all), and its own ticket; nil when there is none.
function methods:next(worker, ticket)
    local entry = oldest(self.lines[ANY], ticket)
    local line = self.lines[worker]
    local other = line and oldest(line, ticket)
    if other and (not entry or other.ticket < entry.ticket) then
        entry = other
    end
    if entry then
        return entry.request, entry.ticket
    end
end

--- Calls for everybody who waits now, the oldest first; anybody may leave meanwhile, or wait again.
function methods:visit(call)
    local entry, last = oldest(self.everyone, 0), self.tickets
    while entry and entry.ticket <= last do
        call(entry.request)
        entry = oldest(self.everyone, entry.ticket)
    end
end

--- A request whose time is over by now, and when that was; it no longer waits.  nil: none.
function methods:expire(now)
    local entry = oldest(self.everyone, 0)
    if entry and entry.since + self.timeout <= now then
        local request = entry.request
        self:leave(request)
        return request, entry.since + self.timeout
    end
end

return waiting_room
