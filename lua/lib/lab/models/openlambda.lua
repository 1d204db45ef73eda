--- An OpenLambda worker of today on a machine of its own: sandboxes stay warm, a function's queue
-- holds 32 requests on the way to its sandboxes and 32 more before they are refused with 429.
return {
    cores = 4, call = 0.01, call_sigma = 0.5, install = 0.75,
    start = 0.05, memory_mb = 4096, sandbox_mb = 128, queue = 64,
}
