--- A worker of today that is not to be relied on: one call in a hundred takes ten times as long,
-- one in five hundred fails, and every ten minutes or so the worker crashes and is gone for 20 s.
return {
    cores = 4, call = 0.06, call_sigma = 0.5, start = 0.05, memory_mb = 4096, sandbox_mb = 128,
    queue = 64, stragglers = 0.01, straggler_factor = 10, failures = 0.002,
    crash_every = 600, down = 20,
}
