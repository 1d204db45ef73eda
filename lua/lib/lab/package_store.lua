--- The packages of one worker: which are there, which are being installed and who waits for them.
-- A package is installed once; whoever needs it meanwhile waits for that.  Without a limit packages
-- stay for ever.  With one the least recently used go to make room, but never those that a request
-- in progress needs: then the store outgrows its limit for a while.
local package_store = {}

local methods = {}
local metatable = { __index = methods }

--- A store that holds `limit` bytes (nil: any number); `sizes` maps a package to its bytes.
function package_store.new(limit, sizes)
    local ends = {} -- a ring of entries: ends.after is the least recently used one
    ends.before, ends.after = ends, ends
    return setmetatable({
        limit = limit, sizes = sizes or {}, entries = {}, ends = ends,
        bytes = 0, installs = 0, evictions = 0,
    }, metatable)
end

local function unlink(entry)
    entry.before.after, entry.after.before = entry.after, entry.before
end

local function link_newest(self, entry)
    local ends = self.ends
    entry.before, entry.after = ends.before, ends
    ends.before.after = entry
    ends.before = entry
end

local function evict(self)
    local entry = self.ends.after
    while self.bytes > self.limit and entry ~= self.ends do
        local newer = entry.after
        if entry.users == 0 then
            unlink(entry)
            self.entries[entry.name] = nil
            self.bytes = self.bytes - entry.size
            self.evictions = self.evictions + 1
        end
        entry = newer
    end
end

local function need(self, name, request)
    local entry = self.entries[name]
    if not entry then
        self.entries[name] =
            { name = name, size = self.sizes[name] or 0, users = 1, waiting = {} }
        return "install"
    end
    entry.users = entry.users + 1
    if entry.waiting then
        entry.waiting[#entry.waiting + 1] = request
        return "wait"
    end
    if self.limit then
        unlink(entry)
        link_newest(self, entry)
    end
    return "here"
end

--- Go through request.names, from behind the request.passed first ones, as far as they are there.
-- "ready": all are; "install": this request is to install names[passed] now; "wait": another
-- installs it, and installed() will name this request.
function methods:gather(request)
    local names = request.names
    for at = request.passed + 1, #names do
        request.passed = at
        local state = need(self, names[at], request)
        if state ~= "here" then
            request.missing = request.missing + 1
            return state
        end
    end
    return "ready"
end

--- A package is there now.  Returns the requests that waited for it, the first first.
function methods:installed(name)
    local entry = self.entries[name]
    local waiting = entry.waiting
    entry.waiting = nil
    self.installs = self.installs + 1
    self.bytes = self.bytes + entry.size
    if self.limit then
        link_newest(self, entry)
        evict(self)
    end
    return waiting
end

--- A request is over: the packages that it gathered may go.
function methods:release(request)
    if not self.limit then
        return
    end
    for i = 1, request.passed do
        local entry = self.entries[request.names[i]]
        entry.users = entry.users - 1
    end
    evict(self)
end

--- Is the package there?
function methods:has(name)
    local entry = self.entries[name]
    return entry ~= nil and not entry.waiting
end

--- Forget what was being installed, and who uses or awaits anything: all requests are gone.
function methods:abandon()
    for name, entry in pairs(self.entries) do
        entry.users = 0
        if entry.waiting then
            self.entries[name] = nil
        end
    end
    if self.limit then
        evict(self)
    end
end

return package_store
