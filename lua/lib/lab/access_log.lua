--- Picket's access log as a trace: what a line says of a request, as text and as JSON.
-- A parser returns { due, func, took } in ms, false for a line that called no function, and nil for
-- what is no such line.
local access_log = {}

local cjson = require("cjson")
local clock_time = require("lab.clock_time")

local WORDS = 16 -- in a line of picket's access log

-- Whether picket knew the function of a request: what has none, or is unknown, is answered 404.
local function calls(func, status, worker)
    local ran = worker ~= "-" and worker ~= ""
    return func ~= "-" and func ~= "" and (ran or tonumber(status) ~= 404)
end

local function request(ended, func, first_byte_us, total_us)
    return { due = ended - total_us / 1000, func = func,
        took = first_byte_us and first_byte_us / 1000 }
end

function access_log.text(line)
    local words = {}
    for word in line:gmatch("%S+") do
        words[#words + 1] = word
    end
    local ended, total = #words == WORDS and clock_time.read(words[1]), tonumber(words[14])
    if ended and total then
        return calls(words[6], words[5], words[7])
            and request(ended, words[6], tonumber(words[13]), total)
    end
end

local function of_type(kind, value)
    return type(value) == kind and value or nil
end

function access_log.json(line)
    local ok, entry = pcall(cjson.decode, line)
    if not ok or type(entry) ~= "table" then
        return nil
    end
    local ended = clock_time.read(of_type("string", entry.time) or "")
    local func, total = of_type("string", entry["function"]), of_type("number", entry.total_us)
    if ended and func and total then
        return calls(func, entry.status, entry.worker or "-")
            and request(ended, func, of_type("number", entry.first_byte_us), total)
    end
end

return access_log
