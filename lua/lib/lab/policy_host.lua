--- A policy in the simulator: loaded into the gateway's sandbox, its mistakes contained as there.
local policy_host = {}

local files = require("gateway.files")
local options_of = require("picket.options")
local policy_shape = require("gateway.policy_shape")
local sandbox = require("gateway.sandbox")
local suggest = require("picket.suggest")

local huge = math.huge

local methods = {}
local metatable = { __index = methods }

local function read(path)
    local file, message = io.open(path)
    if not file then
        return nil, message
    end
    local source = file:read("*a")
    file:close()
    return source
end

-- The file of a policy: an installed one by its name, else a path.
local function file_of(name)
    return not name:find("[/.]") and package.searchpath(name, package.path) or name
end

-- Why there is no file of a policy.
local function missing(name, message)
    local known = package.searchpath("least_loaded", package.path) or ""
    local installed = files.list(files.directory(known), ".lua")
    if name:find("[/.]") or #installed == 0 then
        return ("there is no policy %s: %s"):format(name, message)
    end
    return ("there is no policy %s%s; there are %s (a file has a slash or a dot)"):format(name,
        suggest.hint(name, installed), table.concat(installed, ", "))
end

local function find_module(name)
    if type(name) ~= "string" or not name:find("^picket%.") then
        return nil
    end
    local path = package.searchpath(name, package.path)
    return path and read(path), path
end

local function set_workers(self, workers)
    self.workers, self.known = workers, {}
    for _, worker in ipairs(workers) do
        self.known[worker] = true
    end
end

local function run_file(chunk, file, options)
    local policy = policy_shape.check(chunk(), file)
    options_of.check_read(file:gsub("%.lua$", ""), policy, options)
    return policy
end

--- Loads a policy and starts it with these workers; nil and a message when that fails.
function policy_host.new(name, options, workers, seed)
    local file = file_of(name)
    local source, message = read(file)
    if not source then
        return nil, missing(name, message)
    end
    local env = sandbox.new({ find = find_module, print = print, seed = seed })
    local chunk
    chunk, message = load(source, "=" .. file, "t", env)
    if not chunk then
        return nil, message
    end
    local ok, policy = pcall(run_file, chunk, file, options)
    if not ok then
        return nil, policy
    end
    local self = setmetatable({
        policy = policy, errors = 0, last_error = nil,
        tick_ms = policy.tick and policy.tick_ms, wants_done = policy.done ~= nil,
    }, metatable)
    set_workers(self, workers)
    if policy.start then
        ok, message = pcall(policy.start, options, workers)
        if not ok then
            return nil, message
        end
    end
    return self
end

local function count_error(self, message)
    self.errors = self.errors + 1
    self.last_error = message
end

--- The gateway's own choice: the free worker with the fewest in flight for its weight.
function methods:fallback()
    local best, least = nil, huge
    for _, worker in ipairs(self.workers) do
        local load = worker.inflight / worker.weight
        if load < least and worker:is_free() then
            best, least = worker, load
        end
    end
    return best
end

--- The worker that the policy picks, or nil to wait.
function methods:pick(request)
    local ok, worker = pcall(self.policy.pick, request, self.workers)
    if ok and (worker == nil or self.known[worker]) then
        return worker
    end
    count_error(self, ok and "pick returned something that is not a worker" or worker)
    return self:fallback()
end

--- Tell the policy how an attempt ended.
function methods:done(request, worker, outcome)
    if self.policy.done then
        local ok, message = pcall(self.policy.done, request, worker, outcome)
        if not ok then
            count_error(self, message)
        end
    end
end

--- Other workers may be chosen from now on.
function methods:change(workers)
    set_workers(self, workers)
    if self.policy.changed then
        local ok, message = pcall(self.policy.changed, workers)
        if not ok then
            count_error(self, message)
        end
    end
end

function methods:tick(now)
    local ok, message = pcall(self.policy.tick, now)
    if not ok then
        count_error(self, message)
    end
end

--- The counters that the policy keeps, such as how often a threshold took effect.
function methods:counters()
    return type(self.policy.counters) == "table" and self.policy.counters or {}
end

return policy_host
