--- The formats of traces.  Each is a function of a file's first line: nil when that is not its own,
-- else a reader of the lines after it.  A reader returns a request { due, func, work, took } in ms,
-- nothing for a line that has none, or nil and what was expected.
local access_log = require("lab.access_log")
local clock_time = require("lab.clock_time")

local function split(line)
    local fields = {}
    for field in (line .. ","):gmatch("([^,]*),") do
        fields[#fields + 1] = field:find('[%s"]') and field:match('^%s*"?(.-)"?%s*$') or field
    end
    return fields
end

-- By name, which column it is.
local function columns_of(line)
    local columns = {}
    for i, name in ipairs(split(line)) do
        columns[name:lower()] = i
    end
    return columns
end

-- A finite one.
local function number_in(fields, column)
    local number = column and tonumber(fields[column])
    return number and number - number == 0 and number or nil
end

local function plain_csv(first)
    local columns = columns_of(first)
    if not columns.func or not columns.start_ms then
        return nil
    end
    return function(line)
        if line == "" then
            return
        end
        local fields = split(line)
        local start, work = number_in(fields, columns.start_ms), nil
        if columns.duration_ms then
            work = number_in(fields, columns.duration_ms)
            if not work or work < 0 then
                return nil, "expected a number from 0 as duration_ms"
            end
        end
        if not start then
            return nil, "expected a number as start_ms"
        elseif (fields[columns.func] or "") == "" then
            return nil, "expected a function's name as func"
        end
        return { due = start, func = fields[columns.func], work = work }
    end
end

-- A function's name, which Azure has unique only within an application: what another application
-- had first is told apart.
local function namer()
    local owners = {}
    return function(app, func)
        owners[func] = owners[func] or app
        return owners[func] == app and func or app .. "-" .. func
    end
end

local function azure2021(first)
    local columns = columns_of(first)
    if not (columns.app and columns.func and columns.end_timestamp and columns.duration) then
        return nil
    end
    local name_of = namer()
    return function(line)
        if line == "" then
            return
        end
        local fields = split(line)
        local ended, duration =
            number_in(fields, columns.end_timestamp), number_in(fields, columns.duration)
        if not ended or not duration or duration < 0 then
            return nil, "expected numbers as end_timestamp and duration"
        end
        local app, func = fields[columns.app] or "", fields[columns.func] or ""
        if func == "" then
            return nil, "expected a function's name as func"
        end
        return { due = (ended - duration) * 1000, work = duration * 1000,
            func = name_of(app, func) }
    end
end

-- Logs have no header: their first line is read like all others.  `parse` returns false for a line
-- of its format that called no function.
local function log(parse)
    return function(first)
        local kept = parse(first)
        if kept == nil then
            return nil
        end
        return function(line)
            return parse(line) or nil
        end, kept or nil
    end
end

local function pipbench(line)
    local at, func, took = line:match("^%[(%S+)%] handler: (%S+) status: %d+ in: (%d+) ms")
    local ended = at and clock_time.read(at)
    if ended then
        return { due = ended - took, func = func, is_pipbench = true }
    end
end

return { plain_csv, azure2021, log(pipbench), log(access_log.json), log(access_log.text) }
