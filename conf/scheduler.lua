-- Every option of picket, with its default unless the comment says otherwise.
--
-- A configuration needs only what differs: minimal.lua beside this file is a whole one.  This is
-- Lua, so os.getenv("PORT") and loops work.  Check it with `picket check -c FILE`, make a running
-- gateway read it again with `picket reload`; scheduler.lua(5) gives the range of each option.

return {
    -- Where clients connect: an address, or a list of them.  "[::1]:9080" is an address too, and
    -- so is "unix:/run/picket.sock"; 0.0.0.0 and [::] are every address of the machine.
    listen = "127.0.0.1:9080",

    -- How many proxies share the work; "auto" is one for each CPU.
    processes = 1,

    -- Where status, metrics and commands are served; false is nowhere.  Without a token an address
    -- is enough: admin = "127.0.0.1:9079".
    admin = {
        listen = "127.0.0.1:9079", -- "unix:PATH", or any other address if there is a token
        token = false,             -- "..." lets in who says Authorization: Bearer ...
        token_file = false,        -- a path: the token is the only line of this file
    },

    -- Who picks the worker: an installed policy by its name, a file ("./mine.lua"), or either with
    -- options: { "package_aware", load_threshold = 50 }.  Installed are round_robin, random,
    -- least_loaded, package_aware, ip_hash and hash.
    policy = "least_loaded",

    -- The functions and their packages, as JSON; by default false: every function is accepted, and
    -- no packages are known.  Like all paths, it is relative to this file.
    registry = "registry.json",

    -- A function that is not in the registry: "reject" answers 404, "forward" runs it all the same.
    unknown_function = "reject",

    -- The workers (by default none: they can be added while the gateway runs).  A name or
    -- an address, "http://[::1]:9081", "unix:/run/worker.sock", or a table.
    workers = {
        "http://127.0.0.1:9081",
        "http://127.0.0.1:9082",
        {
            url = "http://127.0.0.1:9083",
            name = "big",  -- in logs and commands; by default "127.0.0.1:9083"
            weight = 2,    -- twice its share of the work; by default 1
            capacity = 64, -- at most so many requests at once; by default 0, which is any number
        },
    },

    -- Which paths call functions: /run/hello/a?b calls hello.  The longest prefix that fits wins,
    -- and the worker sees `forward` in its place (by default the prefix itself).
    routes = {
        { prefix = "/run/" },
        { prefix = "/runLambda/", forward = "/run/" },
    },

    -- For how many seconds a worker counts as warm for what it has run (request and package).
    warm_for = 300,

    -- The user to become when started as root; false stays root.
    user = false,

    -- Leaves the processes that talk to others only the system calls that they need.
    sandbox = true,

    -- Seconds; fractions are allowed.
    timeouts = {
        head = 10,          -- a client sends the head of a request
        body = 30,          -- the longest pause while a client sends a body
        idle = 60,          -- a client's connection between two requests
        connect = 3,        -- a worker accepts a connection
        first_byte = 300,   -- a worker begins its answer
        between_bytes = 60, -- the longest pause while an answer streams
        total = 900,        -- all of a request, waiting and retries included
        queue = 30,         -- a request waits for a worker; then it is answered with 503
        tunnel = 3600,      -- the longest silence of an upgraded connection (a WebSocket)
        drain = 30,         -- running requests finish after SIGTERM
        upstream_idle = 30, -- a connection to a worker is kept for the next request
    },

    limits = {
        connections = 10000,         -- clients of all proxies; further ones wait to be accepted
        head_bytes = 32768,          -- the head of a request: first line and headers
        headers = 100,               -- the headers of a request
        uri_bytes = 8192,            -- path and query
        body_bytes = 0,              -- a body; 0 is no limit: bodies are streamed, not stored
        response_head_bytes = 32768, -- the head of an answer
        workers = 1024,              -- workers at any one time, added ones included
        idle_per_worker = 64,        -- connections that a proxy keeps to a worker
    },

    -- Requests that no worker can take yet wait, the oldest first.
    queue = {
        size = 10000,     -- all of them; further ones are answered with 503
        per_function = 0, -- for one function; 0 is as many as size
        hold = false,     -- true: they wait, too, when no worker is up; else that is 503 at once
    },

    -- When an attempt fails before its answer has begun.
    retry = {
        attempts = 3,  -- for each request, the first included
        budget = 0.2,  -- at most this share of all requests, and 10 more for each proxy; 0 is none
        pause_429 = 1, -- seconds without a function's requests for a worker that answered 429
    },

    -- A second attempt, at another worker, of requests that take long; the first answer wins.  For
    -- methods that may be repeated, within the attempts and the budget of `retry`.
    hedging = {
        percentile = 0,   -- 95: after as long as 95 % of the function's answers take; 0 is never
        min_delay = 0.01, -- seconds; no sooner than this
    },

    -- What a policy may use before the built-in fallback (fewest requests in flight) steps in.
    policy_limits = {
        time_ms = 50,                    -- one call, in milliseconds
        memory_bytes = 64 * 1024 * 1024, -- in each proxy
        failure_specs = false,           -- a folder: picks that fail are written there as specs
    },

    -- How workers are checked: "none"; "tcp": they accept a connection; "http": they answer `path`
    -- with `status`; "openlambda": they answer GET /status with "ready".
    health = {
        kind = "tcp",
        interval = 5, -- seconds from check to check
        timeout = 2,  -- seconds until a check has failed
        rise = 2,     -- good checks in a row until a worker is up again
        fall = 3,     -- failed checks in a row until it is down
        slow_start = 0, -- seconds until a worker that is new or back gets its whole share
        path = "/",
        status = 200, -- 0 is any below 400
    },

    -- A worker that fails what it is given (no connection, no whole answer, 502, 503 or 504) is
    -- left out for a while, whatever its checks say.
    ejection = {
        failures = 5,   -- failed attempts in a row until it is; 0 is never
        time = 10,      -- seconds at first; then 20, 40, ...
        max_time = 300, -- seconds at most; who has served for so long starts again with `time`
        share = 0.5,    -- of the workers, at most, at once; never the last that serve
    },

    -- SIGUSR1 reopens the files.
    log = {
        level = "info",      -- "error", "warn", "info" or "debug"
        file = false,        -- a path; false is standard error
        access = false,      -- each request as "text" or "json"; false is no access log
        access_file = false, -- a path; false is standard output
    },

    -- How the host names of workers are looked up.
    dns = {
        interval = 30,   -- seconds until a name is looked up again
        servers = false, -- "127.0.0.1:53" or a list; false asks those of /etc/resolv.conf
    },
}
