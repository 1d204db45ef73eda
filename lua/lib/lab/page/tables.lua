--- The tables of a report.  Each number's cell says what it is (data-key) and its exact value
-- (data-value), as --json has them.
local tables = {}

local aggregate = require("lab.aggregate")
local format = require("lab.format")
local html = require("lab.page.html")
local measures = require("lab.measures")
local verdict = require("lab.report").verdict

local WORKERS = 12 -- that have columns of their own

local element, escape = html.element, html.escape

local function number_cell(key, value, kind, half)
    local text = format[kind](value)
    if half and key == "mean_ms" then
        text = text .. " ± " .. format[kind](half)
    end
    return element("td", {
        ["data-key"] = key, ["data-value"] = ("%.14g"):format(value),
        title = half and ("± %s (95 %%)"):format(format[kind](half)) or nil,
    }, escape(text))
end

local function head_of(columns)
    local cells = { element("th", { scope = "col" }, "policy") }
    for _, measure in ipairs(columns) do
        local title = measure.key == "mean_ms" and "mean ± 95 %" or measure.title
        cells[#cells + 1] = element("th", { scope = "col", title = measure.text }, escape(title))
    end
    return element("thead", {}, element("tr", {}, table.concat(cells)))
end

local function row_of(policy, columns, means)
    local cells = { element("th", { scope = "row" }, escape(policy.label)) }
    for _, measure in ipairs(columns) do
        local value = means[measure.key]
        cells[#cells + 1] = value
            and number_cell(measure.key, value.mean, measure.kind, value.ci95)
            or element("td", {}, "-")
    end
    local class = aggregate.is_doubtful(policy.outcomes) and "doubtful" or nil
    return element("tr", { class = class, ["data-policy"] = policy.label }, table.concat(cells))
end

local function wrap(caption, ...)
    return element("div", { class = "table" }, element("table", {},
        element("caption", {}, escape(caption)), ...))
end

--- The measures of one group (lab.measures), a row for each policy.
function tables.measures(policies, group, caption)
    local columns, rows, all = {}, {}, {}
    for i, policy in ipairs(policies) do
        all[i] = aggregate.means(policy.outcomes)
    end
    for _, measure in ipairs(measures.rows) do
        local applies = false
        for _, means in ipairs(all) do
            applies = applies or means[measure.key] ~= nil
        end
        if measure.group == group and applies then
            columns[#columns + 1] = measure
        end
    end
    for i, policy in ipairs(policies) do
        rows[i] = row_of(policy, columns, all[i])
    end
    return wrap(caption, head_of(columns), element("tbody", {}, table.concat(rows)))
end

local function worker_rows(policies, field, per_second)
    local rows = {}
    for i, policy in ipairs(policies) do
        local cells = { element("th", { scope = "row" }, escape(policy.label)) }
        for _, value in ipairs(aggregate.by_worker(policy.outcomes, field)) do
            cells[#cells + 1] = number_cell(field, value, per_second and "duration" or "count")
        end
        rows[i] = element("tr", { ["data-policy"] = policy.label }, table.concat(cells))
    end
    return element("tbody", {}, table.concat(rows))
end

--- Requests, core time and peak of each worker; nothing where there are too many, or unknown.
function tables.workers(policies)
    local count = #(policies[1].outcomes[1].served or {})
    if count == 0 or count > WORKERS then
        return ""
    end
    local head = { element("th", { scope = "col" }, "policy") }
    for i = 1, count do
        head[i + 1] = element("th", { scope = "col" }, "worker " .. i)
    end
    head = element("thead", {}, element("tr", {}, table.concat(head)))
    return wrap("Requests of each worker, mean of the runs.", head, worker_rows(policies, "served"))
        .. wrap("Core time of each worker, mean of the runs.", head,
            worker_rows(policies, "busy_ms", true))
        .. wrap("Most requests in flight at once on each worker, mean of the runs.", head,
            worker_rows(policies, "peaks"))
end

--- How the policies differ from the first one.
function tables.differences(policies)
    local rows, first = {}, policies[1]
    for i = 2, #policies do
        local difference = aggregate.difference(policies[i].outcomes, first.outcomes)
        local cells = { element("th", { scope = "row" }, escape(policies[i].label)) }
        if difference then
            local sign = difference.mean_ms < 0 and "−" or "+"
            local half = difference.ci95 and " ± " .. format.duration(difference.ci95) or ""
            cells[2] = element("td", { ["data-key"] = "difference_ms",
                ["data-value"] = ("%.14g"):format(difference.mean_ms) },
                sign .. format.duration(math.abs(difference.mean_ms)) .. half)
        else
            cells[2] = element("td", {}, "-")
        end
        cells[3] = element("td", {}, (escape(verdict(policies[i], first)):gsub("^%-", "−")))
        rows[i - 1] = element("tr", { ["data-policy"] = policies[i].label }, table.concat(cells))
    end
    local head = element("tr", {}, element("th", { scope = "col" }, "policy"),
        element("th", { scope = "col" }, "difference ± 95 %"),
        element("th", { scope = "col" }, "in words"))
    return #rows > 0 and wrap(("Mean latency less that of %s, paired by seed."):format(first.label),
        element("thead", {}, head), element("tbody", {}, table.concat(rows))) or ""
end

--- A table from rows of texts, the first of which is the head.
function tables.plain(rows, caption)
    local parts = {}
    for i, row in ipairs(rows) do
        local cells = {}
        for j, text in ipairs(row) do
            cells[j] = element((i == 1 or j == 1) and "th" or "td", {}, escape(text))
        end
        parts[i] = element("tr", {}, table.concat(cells))
    end
    return wrap(caption, element("thead", {}, parts[1]),
        element("tbody", {}, table.concat(parts, "", 2)))
end

return tables
