-- All that is needed: where to listen, who picks, and the workers.
return {
    listen = "127.0.0.1:9080",
    policy = "least_loaded",
    workers = {
        "http://127.0.0.1:9081",
        "http://127.0.0.1:9082",
    },
}
-- scheduler.lua beside this file has every other option.
