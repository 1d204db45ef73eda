--- Requests that were really made: read from files as others write them.
--
--     func,start_ms[,duration_ms]              a plain CSV with this header, columns in any order
--     app,func,end_timestamp,duration          Azure Functions 2021 (seconds)
--     [TIME] handler: NAME status: C in: MS ms Pipbench's log
--     picket's own access log, as text or JSON
--
-- A log tells when a request was answered and how long that took; it was sent so long before.  Of
-- picket's log the least that a function took is its warm time; without one the model's holds.
local trace = {}

local formats = require("lab.trace_formats")

-- Why a file's first line is none of a trace.
local function unknown(line)
    if line:find("^HashOwner,") then
        return "the files of Azure's trace of 2019 keep their names, as "
            .. "invocations_per_function_md.anon.d01.csv"
    end
    return "expected a CSV's header, with func and start_ms, or a line of a log that is known"
end

local RETURN = ("\r"):byte()
local MARK = "\239\187\191" -- before the text of some editors' UTF-8

local function choose(first)
    for _, format in ipairs(formats) do
        local reader, request = format(first)
        if reader then
            return reader, request
        end
    end
end

-- What a call of each function takes when nothing stands in its way: the least that was seen.
local function add_least(requests)
    local least = {}
    for _, request in ipairs(requests) do
        local took = request.took
        if took and took < (least[request.func] or math.huge) then
            least[request.func] = took
        end
    end
    for _, request in ipairs(requests) do
        request.work = request.work or least[request.func]
    end
end

local function is_sorted(requests)
    for i = 2, #requests do
        if requests[i].due < requests[i - 1].due then
            return false
        end
    end
    return true
end

-- In the order in which they were sent, those of one moment as they stand in the file.
local function sort(requests)
    if is_sorted(requests) then
        return
    end
    local place = {}
    for i, request in ipairs(requests) do
        place[request] = i
    end
    table.sort(requests, function(a, b)
        return a.due < b.due or (a.due == b.due and place[a] < place[b])
    end)
end

local function begin_at_0(requests)
    local first = requests[1].due
    for _, request in ipairs(requests) do
        request.due = request.due - first
    end
end

--- The requests of a file in the order in which they were sent, from time 0: each has due (ms),
-- func and, where the file tells, work (core-ms).  nil and a message that begins with file:line.
function trace.load(path)
    local file, message = io.open(path)
    if not file then
        return nil, message
    end
    if not file:read(0) and file:seek("end") ~= 0 then
        file:close()
        return nil, path .. ": a folder without invocations_per_function_md.anon.d01.csv"
    end
    local number, requests, reader = 0, {}, nil
    for line in file:lines() do
        number = number + 1
        line = line:byte(-1) == RETURN and line:sub(1, -2) or line
        local request
        if not reader then
            line = line:sub(1, #MARK) == MARK and line:sub(#MARK + 1) or line
            reader, request = choose(line)
            message = not reader and unknown(line) or nil
        else
            request, message = reader(line)
        end
        if message then
            file:close()
            return nil, ("%s:%d: %s"):format(path, number, message)
        end
        requests[#requests + 1] = request
    end
    file:close()
    if #requests == 0 then
        return nil, path .. ": no request in it"
    end
    add_least(requests)
    sort(requests)
    begin_at_0(requests)
    return requests
end

--- An iterator over loaded requests, as workloads are.
function trace.workload(requests)
    local at = 0
    return function()
        at = at + 1
        local request = requests[at]
        if request then
            return request.due, request.func, request.work
        end
    end
end

return trace
