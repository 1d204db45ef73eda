--- What the thesis of 2018 measured, carried over as facts.
-- Source: the logs of the olscheduler experiments of August 2018, repository
-- disel-espol/eval-olscheduler.  Latencies in ms, of the requests that completed; quantiles by
-- nearest rank.  By the policy as it is named here.
local thesis_facts = {}

local function row(completed, mean, p50, p90, p99, most, over_1s, over_10s, over_50s)
    return { completed = completed, mean_ms = mean, p50_ms = p50, p90_ms = p90, p99_ms = p99,
        max_ms = most, over_1s = over_1s, over_10s = over_10s, over_50s = over_50s }
end

thesis_facts.TITLE = "measured in 2018"

--- One client, one request at a time, for 300 s.
thesis_facts.sequential = {
    ["round_robin"] = row(33, 9266, 1741, 22409, 75798, 75798, 0.667, 0.303, 0.030),
    ["random"] = row(43, 7116, 1609, 29210, 40524, 40524, 0.512, 0.256, 0),
    ["least_loaded,ties=first"] = row(1333, 224, 108, 173, 1628, 54641, 0.013, 0.002, 0.001),
    ["package_aware,candidates=2018"] = row(492, 609, 110, 198, 24158, 35457, 0.045, 0.016, 0),
}

--- A request every 200.8 ms for 300 s: 1,493 were sent.
thesis_facts.open = {
    ["round_robin"] = row(1433, 34653, 1851, 119615, 235548, 285778, 0.539, 0.382, 0.251),
    ["package_aware,candidates=2018"] =
        row(1493, 13160, 189, 46035, 150734, 218153, 0.297, 0.225, 0.090),
}

--- The same by threshold: no request was ever diverted from 100 up.
thesis_facts.thresholds = {
    ["load_threshold=100"] = thesis_facts.open["package_aware,candidates=2018"],
}

--- The logs, as they are called in that repository.
thesis_facts.logs = {
    sequential = {
        ["round_robin"] = "sync-round-robin.log",
        ["random"] = "sync-random.log",
        ["least_loaded,ties=first"] = "sync-least-loaded.log",
        ["package_aware,candidates=2018"] = "sync-pkg-aware.log",
    },
    open = {
        ["round_robin"] = "async-round-robin.log",
        ["package_aware,candidates=2018"] = "async-pkg-aware.100.log",
    },
}

thesis_facts.REGISTRY = "registry_100_5.json"

return thesis_facts
