--- A request at a worker: what lab.worker_model keeps of it.
-- A finished one says: missing (packages that were not there), installed (those it installed
-- itself), cold (it waited for a package or for a sandbox to start), failed (as some do by chance).
local requests = {}

--- One to be filled in and used again and again.  All fields are there from the start: then LuaJIT
-- finds each without a search.
function requests.new()
    return {
        callee = false, -- its function in lab.registry
        work = false, -- core-ms of the call, where the workload says so
        worker = false, arrived = 0, cost = 0, -- core-ms so far
        number = 0, names = false, memory = 0, -- the callee's
        passed = 0, -- of its packages: so many are there
        missing = 0, installed = 0, cold = false, failed = false, is_running = false,
        sandbox = false, was_warm = false, before = false, after = false, -- of lab.admission
    }
end

--- It comes to a worker.
function requests.begin(request, now, worker)
    local callee = request.callee
    request.worker, request.arrived, request.cost = worker, now, 0
    request.number, request.names = callee.number, callee.install_order
    request.memory = callee.memory or worker.settings.memory
    request.passed, request.missing, request.installed = 0, 0, 0
    request.cold, request.failed, request.is_running = false, false, false
    request.sandbox = false
end

return requests
