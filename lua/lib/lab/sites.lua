--- The workers of a simulation and their machines, from a preset's description of them.
-- A site is a worker with what the simulation knows of it: worker (as the policy sees it), model,
-- machine and its number, warm (by number: until when a function is), peak (in flight), is_gone
-- (there is nothing to connect to).  lab.membership keeps there what it knows, too.
local sites = {}

local machine = require("lab.machine")
local worker_model = require("lab.worker_model")

--- `given` as for simulator.new(); `workers` and `warm` from lab.views.  Returns the sites and the
-- machines, each by its number.
function sites.build(given, workers, warm)
    local list, machines = {}, {}
    for i, description in ipairs(given.workers) do
        local number, settings = description.machine, description.settings
        machines[number] = machines[number] or machine.new(settings.cores)
        list[i] = {
            worker = workers[i], warm = warm[workers[i]], peak = 0, is_gone = false,
            machine = machines[number], machine_number = number,
            model = worker_model.new(settings, machines[number], given.registry.sizes, given.seed,
                description.name),
        }
    end
    return list, machines
end

--- The sites' values of a field, by worker.
function sites.by_worker(list, field)
    local found = {}
    for _, site in ipairs(list) do
        found[site.worker] = field and site[field] or site
    end
    return found
end

return sites
