--- Every option of conf/scheduler.lua: one row each, in the order of the manual.
-- Checks, defaults, hints and the page scheduler.lua(5) all come from these rows.  A row is
-- { key, default, sentence } with a type (a name in types.lua), a range and a unit; `off` allows
-- false.  A section lends its rows what they do not say.  "workers[]" is each entry of `workers`.
local sections = {
    { name = "", text = "What runs where, and who decides.",
        { "listen", "127.0.0.1:9080", "Where clients connect.  An address is IPV4:PORT, "
            .. "[IPV6]:PORT or unix:PATH; 0.0.0.0 and [::] are every address of the machine, and "
            .. "port 0 is any free port.",
            type = "addresses", max = 16 },
        { "processes", 1, "How many proxies share the work; \"auto\" is one for each CPU.",
            type = "processes", min = 1, max = 64 },
        { "admin", "127.0.0.1:9079", "Where status, metrics and commands are served, never an "
            .. "address that clients use; in a table, a token may follow.  false serves them "
            .. "nowhere.", type = "admin", off = true },
        { "policy", "least_loaded", "Who picks the worker: an installed policy by its name, or any "
            .. "other by its path, which has a slash or ends in .lua.  In a table, the options of "
            .. "the policy follow.", type = "policy" },
        { "registry", false, "A JSON file that lists the functions and their packages; false "
            .. "accepts every function and knows no packages.", type = "file" },
        { "unknown_function", "reject", "What becomes of a function that the registry does not "
            .. "list: it is answered with 404, or forwarded like any other.",
            type = "choice", values = { "reject", "forward" } },
        { "workers", {}, "The workers at the start; more can be added while the gateway runs.",
            type = "list", max = 65536, example = "{ \"http://127.0.0.1:9081\" }" },
        { "routes", { { prefix = "/run/" }, { prefix = "/runLambda/", forward = "/run/" } },
            "Which paths call functions.  The longest prefix that fits wins; a path that fits none "
            .. "is answered with 404.",
            type = "list", max = 64, example = "{ { prefix = \"/run/\" } }" },
        { "warm_for", 300, "How long a worker counts as warm for a function or a package that it "
            .. "has used.", type = "seconds", min = 0.001, max = 604800, unit = "seconds" },
        { "user", false, "The user to become when started as root; false stays root.  It must be "
            .. "able to read the configuration and the files that this names, and write the logs.",
            type = "user" },
        { "sandbox", true, "Leaves the proxies and control only the system calls that they need; "
            .. "false leaves them all, for debuggers.", type = "flag", off = true },
    },
    { name = "admin{}", text = "The admin address.  A plain string is its listen.",
        { "listen", "127.0.0.1:9079", "An address of the loopback interface, or unix:PATH; any "
            .. "other address must have a token.", type = "address" },
        { "token", false, "What whoever asks there must say, as Authorization: Bearer TOKEN; the "
            .. "commands read it from here.  It crosses the network in the clear.",
            type = "token" },
        { "token_file", false, "A file that has the token as its only line, so that the "
            .. "configuration may be read by everybody.", type = "token_file" },
    },
    { name = "workers[]", text = "Each worker.  A plain string is a worker of that url.",
        { "url", nil, "Where the worker listens: http://HOST:PORT or unix:PATH.  HOST is a name or "
            .. "an address; without a port it is port 80.", type = "url", required = true },
        { "name", nil, "What the log, the status and the commands call it; by default its host and "
            .. "port, or its path.", type = "name" },
        { "weight", 1, "Its share of the work compared with the other workers.",
            type = "number", min = 0.01, max = 1000 },
        { "capacity", 0, "Requests that it may run at once; 0 is any number.",
            type = "count", min = 0, max = 1000000, unit = "requests" },
    },
    { name = "routes[]", text = "Each route: the segment after the prefix names the function.  A "
        .. "plain string is a route of that prefix.",
        { "prefix", nil, "How the path of a request begins; it starts and ends with a slash.",
            type = "prefix", required = true },
        { "forward", nil, "What the worker sees in place of the prefix; by default the prefix.",
            type = "prefix" },
    },
    { name = "timeouts", type = "seconds", min = 0.001, max = 604800, unit = "seconds",
        text = "How long each thing may take.  Fractions are allowed.",
        { "head", 10, "A client has this long to send the head of a request." },
        { "body", 30, "The longest pause while a client sends a body." },
        { "idle", 60, "How long a client's connection may lie idle between two requests." },
        { "connect", 3, "A worker has this long to accept a connection." },
        { "first_byte", 300, "A worker has this long to begin its answer to a whole request." },
        { "between_bytes", 60, "The longest pause while an answer streams." },
        { "total", 900, "A request must be over within this time, waiting and retries included." },
        { "queue", 30, "How long a request may wait for a worker before it is answered with 503." },
        { "tunnel", 3600, "How long an upgraded connection, such as a WebSocket, may be silent." },
        { "drain", 30, "After SIGTERM, running requests have this long to finish." },
        { "upstream_idle", 30, "How long an idle connection to a worker is kept for reuse." },
    },
    { name = "limits", type = "count", text = "How much of each thing there may be.",
        { "connections", 10000, "Client connections of all proxies together; further ones "
            .. "wait to be accepted.", min = 1, max = 1000000, unit = "connections" },
        { "head_bytes", 32768, "The head of a request: its first line and all headers.",
            min = 1024, max = 65535, unit = "bytes" },
        { "headers", 100, "The headers of one request.", min = 1, max = 1000, unit = "headers" },
        { "uri_bytes", 8192, "The target of a request: path and query.",
            min = 64, max = 65535, unit = "bytes" },
        { "body_bytes", 0, "The body of a request; 0 is no limit, for bodies are streamed and not "
            .. "stored.", min = 0, max = 2 ^ 50, unit = "bytes" },
        { "response_head_bytes", 32768, "The head of a worker's answer.",
            min = 1024, max = 65535, unit = "bytes" },
        { "workers", 1024, "Workers at any one time, those added later included, and those removed "
            .. "that still have requests.",
            min = 1, max = 65536, unit = "workers" },
        { "idle_per_worker", 64, "Idle connections that each proxy keeps to each worker; 0 keeps "
            .. "none.", min = 0, max = 65536, unit = "connections" },
    },
    { name = "queue", type = "count", min = 0, max = 1000000, unit = "requests",
        text = "Requests that no worker can take yet wait, the oldest first.",
        { "size", 10000, "Requests that may wait; further ones get 503, and with 0 all do." },
        { "per_function", 0, "Requests for one function that may wait; 0 is as many as size." },
        { "hold", false, "Whether requests, and their retries, wait, too, when no worker is up at "
            .. "all; else that is 503 at once, and the retry is not made.", type = "flag" },
    },
    { name = "retry", text = "What follows when an attempt fails before its answer has begun.",
        { "attempts", 3, "Attempts that a request gets, the first included; 1 never retries.",
            type = "count", min = 1, max = 10, unit = "attempts" },
        { "budget", 0.2, "Retries are at most this share of all requests, so that trouble does not "
            .. "feed itself; 0 allows none.  Else each proxy also starts with 10 retries to spare, "
            .. "and saves up at most 100.", type = "number", min = 0, max = 1 },
        { "pause_429", 1, "A worker that answers 429 gets no further request for that function for "
            .. "so long, while another worker is there; it is full of it, and fit for others.",
            type = "seconds", min = 0, max = 3600, unit = "seconds" },
    },
    { name = "hedging", text = "A second attempt, at another worker, of requests that take long: "
        .. "the first answer wins, and the other attempt is given up.  Only for methods that may "
        .. "be repeated (GET, HEAD, OPTIONS, TRACE, PUT, DELETE) and bodies that are kept; it "
        .. "counts among retry.attempts and retry.budget, and never waits for a place.",
        { "percentile", 0, "An attempt takes long when this many in a hundred answers of its "
            .. "function (of all, while that is little known) were quicker; 0 hedges nothing.",
            type = "number", min = 0, max = 99.9 },
        { "min_delay", 0.01, "No second attempt follows sooner than this.",
            type = "seconds", min = 0.001, max = 3600, unit = "seconds" },
    },
    { name = "policy_limits", text = "What a policy may use before the built-in fallback steps in.",
        { "time_ms", 50, "How long one call of the policy may run.",
            type = "number", min = 1, max = 2000, unit = "milliseconds" },
        { "memory_bytes", 64 * 2 ^ 20, "Memory of the policy in each proxy.",
            type = "count", min = 2 ^ 20, max = 2 ^ 30, unit = "bytes" },
        { "failure_specs", false, "A folder to which picks that fail are written, as specs for "
            .. "busted that fail in the same way, with what was picked for; see policy(7).",
            type = "folder" },
    },
    { name = "health", text = "How workers are checked.",
        { "kind", "tcp", "When a worker is healthy: always (none), when it accepts a connection "
            .. "(tcp), when it answers path with status (http), or when it answers GET /status "
            .. "with the word ready as OpenLambda's workers do (openlambda).",
            type = "choice", values = { "none", "tcp", "http", "openlambda" } },
        { "interval", 5, "The time from one check of a worker to the next.",
            type = "seconds", min = 0.01, max = 3600, unit = "seconds" },
        { "timeout", 2, "A check that takes longer has failed.",
            type = "seconds", min = 0.01, max = 3600, unit = "seconds" },
        { "rise", 2, "A worker that is down comes back after this many good checks in a row.",
            type = "count", min = 1, max = 100, unit = "checks" },
        { "fall", 3, "A worker goes down after this many failed checks in a row.",
            type = "count", min = 1, max = 100, unit = "checks" },
        { "slow_start", 0, "A worker that is new or back gets a tenth of its weight at first, and "
            .. "all of it after so long; 0 gives it all at once.",
            type = "seconds", min = 0, max = 3600, unit = "seconds" },
        { "path", "/", "What the http check asks for.", type = "target" },
        { "status", 200, "The status that the http check expects; 0 is any below 400.",
            type = "count", min = 0, max = 599 },
    },
    { name = "ejection", text = "Workers that fail what they are given are left out for a while, "
        .. "whatever the checks say.  An attempt has failed when no connection came about, when "
        .. "the answer broke off or took too long, or when it was 502, 503 or 504; also "
        .. "when a second attempt was answered first, while the worker has served nobody well "
        .. "for ejection.time.  It has not when a kept connection was reset before an answer: the "
        .. "worker may have closed it for its age.",
        { "failures", 5, "A worker is left out after this many failed attempts in a row; 0 leaves "
            .. "out nobody.  When one function alone was answered 502, 503 or 504, or took too "
            .. "long, and the worker has served another one well within time, that is the "
            .. "function's fault, and the worker stays.", type = "count", min = 0,
            max = 1000000, unit = "attempts" },
        { "time", 10, "For how long at first; twice as long each time that it fails again soon.",
            type = "seconds", min = 0.01, max = 86400, unit = "seconds" },
        { "max_time", 300, "For how long at most.  A worker that has served for this long starts "
            .. "again with time.", type = "seconds", min = 0.01, max = 86400, unit = "seconds" },
        { "share", 0.5, "At most this share of the workers are left out at once, though one always "
            .. "may be, and never the last that serve.", type = "number", min = 0, max = 1 },
    },
    { name = "log", text = "What is written down, and where.  SIGUSR1 reopens the files.",
        { "level", "info", "The least important messages that are still written.",
            type = "choice", values = { "error", "warn", "info", "debug" } },
        { "file", false, "Where messages go; false is standard error.", type = "path" },
        { "access", false, "How the access log writes each request; false writes none.",
            type = "choice", values = { "text", "json" } },
        { "access_file", false, "Where the access log goes; false is standard output.",
            type = "path" },
    },
    { name = "dns", text = "How the host names of workers are looked up.",
        { "interval", 30, "How long an answer is used before the name is looked up again.",
            type = "seconds", min = 1, max = 86400, unit = "seconds" },
        { "servers", false, "The servers to ask, as ADDRESS or ADDRESS:PORT; false asks those of "
            .. "/etc/resolv.conf.", type = "servers", max = 4 },
    },
}

for _, section in ipairs(sections) do
    for _, row in ipairs(section) do
        row.key, row.default, row.text = row[1], row[2], row[3]
        row.name = section.name == "" and row.key or section.name .. "." .. row.key
        row.off = row.off or row.default == false
        for _, field in ipairs({ "type", "min", "max", "unit" }) do
            row[field] = row[field] or section[field]
        end
    end
end

return { sections = sections }
