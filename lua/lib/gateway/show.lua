--- A gateway's status, as people read it.
local show = {}

local UNLIMITED = 2147483647

-- Rows of cells as aligned columns; numbers to the right.
local function columns(header, rows)
    local widths, lines = {}, {}
    for _, row in ipairs({ header, unpack(rows) }) do
        for i, cell in ipairs(row) do
            widths[i] = math.max(widths[i] or 0, #tostring(cell))
        end
    end
    for _, row in ipairs({ header, unpack(rows) }) do
        local cells = {}
        for i, cell in ipairs(row) do
            local to_right = type((rows[1] or row)[i]) == "number"
            local form = to_right and "%" .. widths[i] .. "s" or "%-" .. widths[i] .. "s"
            cells[i] = form:format(tostring(cell))
        end
        lines[#lines + 1] = "  " .. table.concat(cells, "  "):gsub("%s+$", "")
    end
    return table.concat(lines, "\n") .. "\n"
end

local function short(number)
    return tonumber(("%.4g"):format(number))
end

-- cjson decodes null as a light userdata: not a limit, not a name.
local function capacity(worker)
    local given = worker.capacity
    local is_limit = type(given) == "number" and given > 0 and given < UNLIMITED
    return is_limit and tostring(given) or "any"
end

--- The workers of a status, as a table; one line when there are none.
function show.workers(workers)
    local rows = {}
    for _, worker in ipairs(workers) do
        rows[#rows + 1] = {
            worker.name, worker.state, worker.inflight, capacity(worker), short(worker.weight),
            worker.served, worker.failed, short(worker.latency_ms), worker.url,
        }
    end
    if #rows == 0 then
        return "  no workers; add one with: picket workers add http://HOST:PORT\n"
    end
    return columns({ "worker", "state", "in flight", "capacity", "weight", "served", "failed",
        "latency ms", "url" }, rows)
end

local function processes(list)
    local rows = {}
    for _, process in ipairs(list) do
        rows[#rows + 1] = { process.kind, process.pid, process.generation }
    end
    return columns({ "process", "pid", "generation" }, rows)
end

--- The whole of GET /status, decoded.
function show.status(status)
    local policy, queue = status.policy, status.queue
    return table.concat({
        ("policy %s, generation %d, errors: %d, fallbacks: %d\n"):format(
            policy.name, policy.generation, policy.errors, policy.fallbacks),
        ("queue: %d waiting\n\n"):format(queue.waiting),
        processes(status.processes), "\n", show.workers(status.workers),
    })
end

return show
