--- What `picket replay` sends and how it counts the answers; the program does the networking.
local replay = {}

local cjson = require("cjson")
local details = require("lab.details")
local drawn = require("lab.drawn")
local histogram = require("lab.histogram")
local plan = require("lab.plan")
local progress = require("lab.progress")
local summary = require("lab.summary")

local methods = {}
local metatable = { __index = methods }

--- Options: those of lab.plan, label and columns (of the terminal; nil: none).  nil and a message
-- when a file is bad.
function replay.new(options)
    local next_request, count = plan.load(options)
    if not next_request then
        return nil, count
    end
    local function write(text)
        io.stderr:write(text)
        io.stderr:flush()
    end
    return setmetatable({
        next = next_request, taken = 0, due = {}, func = {}, -- of requests by number
        summary = summary.new(), details = details.new(), latency = histogram.new(),
        progress = progress.new(options.label, count, options.columns and write,
            options.columns),
    }, metatable)
end

--- The next request: when it is due (ms of the workload) and its function; nil after the last.
function methods:next_request()
    local due, func = self.next()
    if due then
        self.taken = self.taken + 1
        self.due[self.taken], self.func[self.taken] = due, func
    end
    return due, func
end

--- The next of them is sent, or waits for a connection.
function methods:sent()
    local counts = self.summary
    counts:add_sent()
    self.details:arrive(self.due[counts.sent], counts.sent - counts.completed - counts.failed, 0)
end

--- An answer to the request of this number came; status 0: none will.  The latency counts from when
-- the request was due.
function methods:answered(number, status, latency_ms, is_cold, installed)
    local due, func = self.due[number], self.func[number]
    self.due[number], self.func[number] = nil, nil
    if status >= 200 and status < 400 then
        self.summary:add_completed(latency_ms, is_cold, installed)
        self.details:complete(func, due, latency_ms)
        self.latency:add(latency_ms)
    else
        self.summary:add_failed(status)
    end
end

--- Show how far it has come after so many seconds.
function methods:show_progress(elapsed)
    self.progress:show(self.summary.completed + self.summary.failed, elapsed)
end

--- The outcome, "json" (with what a report draws) or "text".
function methods:finish(form)
    self.progress:clear()
    if form == "text" then
        return self.summary:to_text()
    end
    local outcome = self.summary:to_table()
    outcome.drawn = drawn.pack(self.latency, self.details)
    return cjson.encode(outcome)
end

return replay
