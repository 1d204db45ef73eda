--- Whether a request may be tried again, and where not: the rules and defaults of the gateway.
local retries = {}

local min = math.min

local ATTEMPTS = 3 -- retry.attempts
local SHARE = 0.2 -- retry.budget: of a retry, that a request earns
local RESERVE, MOST = 10, 100 -- retries at first, and saved up at most
local PAUSE_MS = 1000 -- retry.pause_429

local methods = {}
local metatable = { __index = methods }

function retries.new()
    return setmetatable({ saved = RESERVE, count = 0, closed = {}, has_closed = false }, metatable)
end

--- A request came.
function methods:earn()
    self.saved = min(MOST, self.saved + SHARE)
end

--- The request's attempt at a worker failed; true when it may go to another of these.
function methods:allow(request, worker, workers)
    local tried, has_other = request.tried or {}, false
    tried[worker] = true
    request.tried = tried
    for _, other in ipairs(workers) do
        has_other = has_other or not tried[other]
    end
    if not has_other or request.attempt >= ATTEMPTS or self.saved < 1 then
        return false
    end
    self.saved, self.count = self.saved - 1, self.count + 1
    request.attempt = request.attempt + 1
    return true
end

--- A worker said 429: for a moment it gets no further request for this function.
function methods:close(now, func, worker)
    self.closed[func] = self.closed[func] or {}
    self.closed[func][worker] = now + PAUSE_MS
    self.has_closed = true
end

local function leaves_one(tried, workers)
    for _, worker in ipairs(workers) do
        if not tried[worker] then
            return true
        end
    end
    return false
end

--- The workers at which the request is not to be tried, as a set; false when there are none.  Where
-- its function is closed counts as tried, as long as any worker is left.
function methods:avoided(request, now, workers)
    local closed = self.closed[request.func]
    if not closed then
        return request.tried
    end
    local avoided, is_any = {}, false
    for worker in pairs(request.tried or {}) do
        avoided[worker] = true
    end
    for worker, until_when in pairs(closed) do
        if until_when > now then
            avoided[worker], is_any = true, true
        end
    end
    if not is_any then
        self.closed[request.func] = nil
        self.has_closed = next(self.closed) ~= nil
    end
    return is_any and leaves_one(avoided, workers) and avoided or request.tried
end

return retries
