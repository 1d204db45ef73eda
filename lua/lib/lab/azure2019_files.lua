--- The files of Azure Functions' dataset of 2019, a day each:
--
--     invocations_per_function_md.anon.dNN.csv   HashOwner,HashApp,HashFunction,Trigger,1,...,1440
--     function_durations_percentiles.anon.dNN.csv
--         HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,...
--     app_memory_percentiles.anon.dNN.csv
--         HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,...
local azure2019_files = {}

local COMMA, ZERO, RETURN = (","):byte(), ("0"):byte(), ("\r"):byte()
local MINUTES = 1440

local function split(line)
    local fields = {}
    for field in (line:gsub("\r$", "") .. ","):gmatch("([^,]*),") do
        fields[#fields + 1] = field
    end
    return fields
end

-- Calls `read(line)` for each line of a CSV after its header, which must name these columns; it
-- returns what was expected if the line is not that.  nil and a message that begins with file:line.
local function each_line(path, columns, read)
    local file, message = io.open(path)
    if not file then
        return nil, message
    end
    local number, expected, places = 0, nil, {}
    for line in file:lines() do
        number = number + 1
        if number == 1 then
            for at, name in ipairs(split(line)) do
                places[name] = at
            end
            for _, name in ipairs(columns) do
                expected = expected or (not places[name] and "a header with the column " .. name)
            end
        elseif line ~= "" and line ~= "\r" then
            expected = read(line, places)
        end
        if expected then
            file:close()
            return nil, ("%s:%d: expected %s"):format(path, number, expected)
        end
    end
    file:close()
    if number == 0 then
        return nil, path .. ":1: expected a header"
    end
    return true
end

-- Calls `add(minute, count)` for each count above 0 of a line, from its byte `at`; what was
-- expected if something else is there.
local function read_counts(line, at, add)
    local minute, count = 1, 0
    for i = at, #line do
        local byte = line:byte(i)
        if byte == COMMA then
            if count > 0 then
                add(minute, count)
            end
            minute, count = minute + 1, 0
        elseif byte >= ZERO and byte <= ZERO + 9 then
            count = count * 10 + byte - ZERO
        elseif byte ~= RETURN then
            return "a whole number as the count of minute " .. minute
        end
    end
    if count > 0 then
        add(minute, count)
    end
    return minute ~= MINUTES and ("%d counts, one for each minute, not %d"):format(MINUTES, minute)
        or nil
end

--- Calls `add(function, app, minute, count)` for each count above 0.
function azure2019_files.invocations(path, add)
    local columns = { "HashOwner", "HashApp", "HashFunction", "Trigger", "1", tostring(MINUTES) }
    return each_line(path, columns, function(line)
        local app, func, at = line:match("^[^,]*,([^,]*),([^,]+),[^,]*,()")
        if not app then
            return "an owner, an app, a function and a trigger"
        end
        return read_counts(line, at, function(minute, count)
            add(func, app, minute, count)
        end)
    end)
end

local PERCENTILES = { 0, 1, 25, 50, 75, 99, 100 }

--- The shares of the percentiles of durations.
azure2019_files.SHARES = {}
for i, percent in ipairs(PERCENTILES) do
    azure2019_files.SHARES[i] = percent / 100
end

-- The numbers of some columns; nil and what was expected.
local function numbers_in(fields, places, columns)
    local values = {}
    for i, name in ipairs(columns) do
        local value = tonumber(fields[places[name]])
        if not value or value < 0 then
            return nil, "a number from 0 as " .. name
        end
        values[i] = value
    end
    return values
end

--- Calls `add(function, values)` with the durations (ms) at SHARES.
function azure2019_files.durations(path, add)
    local columns = {}
    for i, percent in ipairs(PERCENTILES) do
        columns[i] = "percentile_Average_" .. percent
    end
    return each_line(path, { "HashFunction", unpack(columns) }, function(line, places)
        local fields = split(line)
        local values, expected = numbers_in(fields, places, columns)
        if values then
            table.sort(values)
            add(fields[places.HashFunction], values)
        end
        return expected
    end)
end

--- Calls `add(app, megabytes)`.
function azure2019_files.memory(path, add)
    return each_line(path, { "HashApp", "AverageAllocatedMb" }, function(line, places)
        local fields = split(line)
        local values, expected = numbers_in(fields, places, { "AverageAllocatedMb" })
        if values then
            add(fields[places.HashApp], values[1])
        end
        return expected
    end)
end

return azure2019_files
