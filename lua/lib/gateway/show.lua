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

local function duration(seconds)
    for _, unit in ipairs({ { 86400, "d" }, { 3600, "h" }, { 60, "min" } }) do
        if seconds >= 2 * unit[1] then
            return ("%d %s"):format(seconds / unit[1], unit[2])
        end
    end
    return ("%d s"):format(seconds)
end

-- Why those that do not serve do not, a line each.
local function reasons(workers)
    local lines = {}
    for _, worker in ipairs(workers) do
        if worker.reason and worker.reason ~= "" then
            local back = worker.returns_in_s
            lines[#lines + 1] = ("  %s is %s: %s%s\n"):format(worker.name, worker.state,
                worker.reason, back and ", tried again in " .. duration(back) or "")
        end
    end
    return #lines > 0 and "\n" .. table.concat(lines) or ""
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
        "latency ms", "url" }, rows) .. reasons(workers)
end

local function processes(list)
    local rows = {}
    for _, process in ipairs(list) do
        rows[#rows + 1] = { process.kind, process.pid, process.generation }
    end
    return columns({ "process", "pid", "generation" }, rows)
end

-- What went wrong with the policy, and since when; nothing if nothing did.
local function trouble(policy)
    local lines = {}
    if policy.errors > 0 then
        lines[1] = ("  failing for %s, Lua states lost: %d; the last error: %s\n"):format(
            duration(policy.since_s), policy.losses, policy.last_error)
    end
    if (policy.quarantined or 0) > 0 then
        lines[#lines + 1] = ("  not called any more until the next reload, in %d of the proxies\n")
            :format(policy.quarantined)
    end
    return table.concat(lines)
end

-- Which gateway this is.
local function head(status)
    return ("picket %s, up for %s, listening on %s\nconfiguration %s\n"):format(status.version,
        duration(status.uptime_s), table.concat(status.listen, " and "), status.config)
end

--- The whole of GET /status, decoded.
function show.status(status)
    local policy, queue = status.policy, status.queue
    return table.concat({
        head(status),
        ("policy %s, generation %d, errors: %d, fallbacks: %d\n"):format(
            policy.name, policy.generation, policy.errors, policy.fallbacks),
        trouble(policy),
        ("queue: %d waiting\n\n"):format(queue.waiting),
        processes(status.processes), "\n", show.workers(status.workers),
    })
end

return show
