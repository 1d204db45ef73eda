--- Requests that a log lacks although they were sent.
-- Pipbench writes a request down when it is answered.  The 2018 experiments stopped after 300 s, so
-- what was running then is in no log: the slowest requests, which loaded the workers most.  An open
-- load with even spacing shows where they are missing.  Whom they called can be told as well, as
-- each function was called with the same chance: those that the log has less often than others, of
-- these first the ones with most packages, which take longest.
local lost_requests = {}

local random = require("lab.random")

local floor = math.floor
local FEWEST = 20 -- requests that show a spacing

local function median_gap(requests)
    local gaps = {}
    for i = 2, #requests do
        gaps[i - 1] = requests[i].due - requests[i - 1].due
    end
    table.sort(gaps)
    return gaps[floor((#gaps + 1) / 2)]
end

-- The slot of each request in an evenly spaced sequence, counted from 0, and the spacing; nil when
-- one of them is not near its slot.
local function slots_of(requests)
    local slots, gap = { 0 }, median_gap(requests)
    for i = 2, #requests do
        slots[i] = slots[i - 1] + floor((requests[i].due - requests[i - 1].due) / gap + 0.5)
    end
    local first = requests[1].due
    local spacing = (requests[#requests].due - first) / slots[#slots]
    for i, request in ipairs(requests) do
        if math.abs(request.due - first - slots[i] * spacing) >= spacing / 2
            or (i > 1 and slots[i] == slots[i - 1]) then
            return nil
        end
    end
    return slots, spacing
end

-- The functions that `count` requests called which are not among these.
local function missing_functions(requests, known, count)
    local calls, names, missing = {}, {}, {}
    for i, name in ipairs(known.names) do
        calls[name], names[i] = 0, name
    end
    for _, request in ipairs(requests) do
        calls[request.func] = calls[request.func] + 1
    end
    local function packages(name) return #known.functions[name].packages end
    table.sort(names, function(a, b)
        local more, fewer = packages(a), packages(b)
        return more > fewer or (more == fewer and a < b)
    end)
    local average = floor((#requests + count) / #names + 0.5)
    for _, name in ipairs(names) do
        for _ = calls[name] + 1, average do
            missing[#missing + 1] = name
        end
    end
    for i = #missing, count + 1, -1 do
        missing[i] = nil
    end
    return missing
end

--- Adds what is missing to the requests of a log, in the order in which they were sent; `known` is
-- the registry.  Returns how many were added: 0 where requests are not evenly spaced.
function lost_requests.add(requests, known)
    local slots, spacing
    if #requests >= FEWEST then
        slots, spacing = slots_of(requests)
    end
    local count = slots and slots[#slots] + 1 - #requests or 0
    if count == 0 then
        return 0
    end
    local functions = missing_functions(requests, known, count)
    random.new(1, "lost requests"):shuffle(functions)
    local taken, first, sent = {}, requests[1].due, #requests
    for i = 1, #requests do
        taken[slots[i]] = true
    end
    for slot = 1, slots[#slots] do
        local func = not taken[slot] and table.remove(functions)
        if func then
            table.insert(requests, { due = first + slot * spacing, func = func })
        end
    end
    table.sort(requests, function(a, b) return a.due < b.due end)
    return #requests - sent
end

return lost_requests
