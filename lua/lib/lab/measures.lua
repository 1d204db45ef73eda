--- What is measured of a run: the columns of all tables, and the sentences that explain them.
-- A row has: key (its name in JSON), title, kind (how lab.format writes it), text, group, and `of`
-- where it is not the outcome's own field; nil there: it does not apply.
local measures = {}

local function per_completed(field)
    return function(outcome)
        local count = outcome[field]
        return count and outcome.completed > 0 and count / outcome.completed or nil
    end
end

local function of_completed(field)
    return function(outcome)
        return outcome.completed > 0 and outcome[field] or nil
    end
end

local function unanswered(outcome)
    return outcome.sent > 0 and (outcome.failed + outcome.lost) / outcome.sent or nil
end

local function diverted(outcome)
    local count = outcome.counters and outcome.counters.diverted
    return count and outcome.sent > 0 and count / outcome.sent or nil
end

local function row(group, key, title, kind, text, of)
    return { group = group, key = key, title = title, kind = kind, text = text, of = of }
end

local function latency(key, title, text)
    return row("latency", key, title, "duration", text, of_completed(key))
end

local function over(key, title)
    return row("latency", key, title, "share", "requests that took longer", of_completed(key))
end

measures.rows = {
    row("requests", "sent", "sent", "count", "requests that were due"),
    row("requests", "completed", "completed", "count", "requests that were answered well"),
    row("requests", "failed", "failed", "count", "requests that were answered with an error"),
    row("requests", "lost", "lost", "count", "requests without an answer when the run ended"),
    row("requests", "waited", "queued", "count", "requests that waited for a free worker"),
    row("requests", "unanswered", "undone", "share", "failed or lost, of all sent",
        unanswered),
    latency("mean_ms", "mean", "of the latencies, from when a request was due to its answer"),
    latency("p50_ms", "p50", "half of the requests took no longer"),
    latency("p90_ms", "p90", "90 % took no longer"),
    latency("p95_ms", "p95", "95 % took no longer"),
    latency("p99_ms", "p99", "99 % took no longer"),
    latency("p999_ms", "p99.9", "99.9 % took no longer"),
    latency("max_ms", "max", "the longest"),
    over("over_1s", "> 1 s"),
    over("over_10s", "> 10 s"),
    over("over_50s", "> 50 s"),
    row("latency", "slowdown", "slowdown", "ratio",
        "median of the latency over what the call takes when nothing is missing",
        of_completed("slowdown")),
    row("workers", "cold_ratio", "cold", "share",
        "requests that waited for a package or a sandbox", per_completed("cold")),
    row("workers", "installed", "installed", "count", "packages installed, on all workers"),
    row("workers", "missing_ratio", "missing", "ratio",
        "packages that were not there, per request", per_completed("missing")),
    row("workers", "variation", "CV", "ratio",
        "requests per worker: standard deviation over mean"),
    row("workers", "imbalance", "max/mean", "ratio",
        "requests of the busiest worker over the mean"),
    row("workers", "peak", "peak in flight", "count", "most requests at once on one worker"),
    row("workers", "diverted", "diverted", "share",
        "requests for which a threshold or bound of the policy took effect", diverted),
    row("workers", "errors", "errors", "count", "picks and calls of the policy that failed"),
    row("workers", "pick_ns", "pick", "nanoseconds", "cost of a pick on this machine"),
}

--- By key.
measures.by_key = {}
for _, measure in ipairs(measures.rows) do
    measures.by_key[measure.key] = measure
end

--- A measure of an outcome; nil where it does not apply.
function measures.value(measure, outcome)
    if measure.of then
        return measure.of(outcome)
    end
    return outcome[measure.key]
end

return measures
