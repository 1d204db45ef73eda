--- Times of day as logs write them.
local clock_time = {}

-- Days from 1970 to a date, by the calendar that repeats every 400 years.
local function days(year, month, day)
    if month <= 2 then
        year, month = year - 1, month + 12
    end
    return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
        + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

--- 2026-01-31T12:00:00.123 as ms since 1970; nil if it is none.
function clock_time.read(text)
    local year, month, day, hour, minute, second =
        text:match("^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):([%d.]+)")
    if not year or not tonumber(second) then
        return nil
    end
    local whole = days(tonumber(year), tonumber(month), tonumber(day)) * 86400
    return (whole + hour * 3600 + minute * 60 + second) * 1000
end

return clock_time
