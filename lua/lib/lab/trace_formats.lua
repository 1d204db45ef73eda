--- The formats of traces.  Each is a function of a file's first line: nil when that is not its own,
-- else a reader of the lines after it.  A reader returns a request { due, func, work, took } in ms,
-- nothing for a line that has none, or nil and what was expected.
local cjson = require("cjson")

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

local function number_in(fields, column)
    return column and tonumber(fields[column])
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

local function azure2021(first)
    local columns = columns_of(first)
    if not (columns.app and columns.func and columns.end_timestamp and columns.duration) then
        return nil
    end
    return function(line)
        if line == "" then
            return
        end
        local fields = split(line)
        local ended, duration =
            number_in(fields, columns.end_timestamp), number_in(fields, columns.duration)
        if not ended or not duration then
            return nil, "expected numbers as end_timestamp and duration"
        end
        return { due = (ended - duration) * 1000, func = fields[columns.func],
            work = duration * 1000 }
    end
end

-- Days from 1970 to a date, by the calendar that repeats every 400 years.
local function days(year, month, day)
    if month <= 2 then
        year, month = year - 1, month + 12
    end
    return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
        + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

-- 2026-01-31T12:00:00.123 as ms since 1970; nil if it is none.
local function time_of(text)
    local year, month, day, hour, minute, second =
        text:match("^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):([%d.]+)")
    if not year or not tonumber(second) then
        return nil
    end
    local whole = days(tonumber(year), tonumber(month), tonumber(day)) * 86400
    return (whole + hour * 3600 + minute * 60 + second) * 1000
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
    local ended = at and time_of(at)
    if ended then
        return { due = ended - took, func = func, is_pipbench = true }
    end
end

local WORDS = 16 -- in a line of picket's access log

-- Whether picket knew the function of a request: what has none, or is unknown, is answered 404.
local function calls(func, status, worker)
    local ran = worker ~= "-" and worker ~= ""
    return func ~= "-" and func ~= "" and (ran or tonumber(status) ~= 404)
end

local function access_text(line)
    local words = {}
    for word in line:gmatch("%S+") do
        words[#words + 1] = word
    end
    local ended, total = #words == WORDS and time_of(words[1]), tonumber(words[14])
    if ended and total then
        return calls(words[6], words[5], words[7])
            and { due = ended - total / 1000, func = words[6], took = words[13] / 1000 }
    end
end

local function access_json(line)
    local ok, entry = pcall(cjson.decode, line)
    if ok and type(entry) == "table" and entry["function"] and entry.total_us and entry.time then
        return calls(entry["function"], entry.status, entry.worker or "-") and {
            due = time_of(entry.time) - entry.total_us / 1000, func = entry["function"],
            took = entry.first_byte_us and entry.first_byte_us / 1000 }
    end
end

return { plain_csv, azure2021, log(pipbench), log(access_json), log(access_text) }
