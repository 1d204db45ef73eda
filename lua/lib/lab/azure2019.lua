--- Azure Functions' trace of 2019: a folder with its files, or any of one day's three.
-- Counts per minute become requests that are evenly spread by chance over their minutes, durations
-- are drawn from their percentiles, and a sandbox has the memory of its application.  Days follow
-- one another; one of them is in memory at a time.
local azure2019 = {}

local files = require("lab.azure2019_files")
local minute_counts = require("lab.minute_counts")
local percentiles = require("lab.percentiles")
local random = require("lab.random")
local registry = require("lab.registry")

local DAYS, MINUTES, DAY_MS = 14, 1440, 86400000
local LEAST = 0.5 -- ms; the trace has whole ones
local INVOCATIONS = "invocations_per_function_md.anon.d%s.csv"
local DURATIONS = "function_durations_percentiles.anon.d%s.csv"
local MEMORY = "app_memory_percentiles.anon.d%s.csv"

local function is_there(path)
    local file = io.open(path)
    if file then
        file:close()
    end
    return file ~= nil
end

--- The days (as in file names) that a path has, and their folder; nil when it is nothing of that.
function azure2019.find(path)
    local start, kind, day = path:match("^(.-)([%w_]+%.anon%.d)(%d%d)%.csv$")
    for _, known in ipairs({ INVOCATIONS, DURATIONS, MEMORY }) do
        if kind and known:sub(1, #kind) == kind then
            return { day }, start
        end
    end
    local days, folder = {}, path:gsub("/*$", "/")
    for number = 1, DAYS do
        local name = ("%02d"):format(number)
        if is_there(folder .. INVOCATIONS:format(name)) then
            days[#days + 1] = name
        end
    end
    return #days > 0 and days or nil, folder
end

local methods = {}
local metatable = { __index = methods }

-- The number of a function, which is new or not.
local function number_of(self, func, app)
    local number = self.numbers[func]
    if not number then
        number = #self.names + 1
        self.numbers[func], self.names[number], self.apps[number] = number, func, app
    end
    return number
end

-- Reads one day's counts; those of the day before are forgotten.
local function read_day(self, day)
    if self.day == day then
        return true
    end
    local counts = minute_counts.new(MINUTES)
    self.day, self.counts = nil, nil
    local ok, message = files.invocations(self.folder .. INVOCATIONS:format(day),
        function(func, app, minute, count)
            counts:add(minute, number_of(self, func, app), count)
        end)
    if ok then
        self.day, self.counts = day, counts
    end
    return ok, message
end

local function read_rest(self, day)
    local path = self.folder .. DURATIONS:format(day)
    local ok, message = true, nil
    if is_there(path) then
        ok, message = files.durations(path, function(func, values)
            self.durations[func] = values
        end)
    end
    path = self.folder .. MEMORY:format(day)
    if ok and is_there(path) then
        ok, message = files.memory(path, function(app, megabytes)
            self.memory[app] = megabytes
        end)
    end
    return ok, message
end

local function make_registry(self)
    local packages_of = {}
    for _, name in ipairs(self.names) do
        packages_of[name] = {}
    end
    self.registry = registry.new(packages_of)
    for number, name in ipairs(self.names) do
        self.registry.functions[name].memory = self.memory[self.apps[number]]
    end
end

--- Reads all of it: an object with requests (how many), registry and workload(seed); nil and a
-- message that begins with file:line.
function azure2019.load(path)
    local days, folder = azure2019.find(path)
    local self = setmetatable({ days = days, folder = folder, requests = 0, names = {},
        numbers = {}, apps = {}, durations = {}, memory = {} }, metatable)
    for i = #days, 1, -1 do -- the first one is needed first
        local ok, message = read_rest(self, days[i])
        if ok then
            ok, message = read_day(self, days[i])
        end
        if not ok then
            return nil, message
        end
        self.requests = self.requests + self.counts.calls
    end
    make_registry(self)
    return self.requests > 0 and self or nil, path .. ": no request in it"
end

-- The work of a call (core-ms); nil where the trace does not tell.
local function draw_work(self, stream, name)
    local values = self.durations[name]
    return values and math.max(LEAST, percentiles.at(files.SHARES, values, stream:uniform()))
end

--- An iterator over the time (ms), the function and the core-ms of each request.
function methods:workload(seed)
    local times, work = random.new(seed, "arrivals"), random.new(seed, "work")
    local day, next_arrival = 0, function() end
    return function()
        local due, number = next_arrival()
        while not due do
            day = day + 1
            if not self.days[day] then
                return nil
            end
            assert(read_day(self, self.days[day]))
            next_arrival = self.counts:arrivals(times)
            due, number = next_arrival()
        end
        local name = self.names[number]
        return (day - 1) * DAY_MS + due, name, draw_work(self, work, name)
    end
end

return azure2019
