--- What `picket replay` sends and how it counts the answers; the program does the networking.
local replay = {}

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
        next = next_request,
        summary = summary.new(),
        progress = progress.new(options.label, count, options.columns and write,
            options.columns),
    }, metatable)
end

--- The next request: when it is due (ms of the workload) and its function; nil after the last.
function methods:next_request()
    return self.next()
end

function methods:sent()
    self.summary:add_sent()
end

--- An answer came; status 0: none will.  The latency counts from when the request was due.
function methods:answered(status, latency_ms, is_cold, installed)
    if status >= 200 and status < 400 then
        self.summary:add_completed(latency_ms, is_cold, installed)
    else
        self.summary:add_failed(status)
    end
end

--- Show how far it has come after so many seconds.
function methods:show_progress(elapsed)
    self.progress:show(self.summary.completed + self.summary.failed, elapsed)
end

--- The outcome, "json" or "text".
function methods:finish(form)
    self.progress:clear()
    return form == "json" and self.summary:to_json() or self.summary:to_text()
end

return replay
