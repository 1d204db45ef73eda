--- What must be true of options together: no worker twice, no route twice, no address for two uses.
-- What depends on several options is filled in here as well: names, forwards, the order of routes.
local address = require("gateway.address")
local where = require("gateway.where")
local wording = require("gateway.wording")

local agree = {}

local NAME_MAX_BYTES = 63

local function is_loopback(host)
    return host:find("^127%.") or host == "::1" or host == "localhost"
end

--- Does a connection to `there` (host, port or unix_path) arrive at the listening address `text`?
local function arrives_at(text, there)
    local here = address.socket(text, "")
    if here.unix_path or there.unix_path then
        return here.unix_path == there.unix_path
    end
    local is_any = here.host == "0.0.0.0" or here.host == "::"
    return here.port == there.port and here.port ~= 0
        and (here.host == there.host or (is_any and is_loopback(there.host)))
end

local function check_admin_listen(admin, listen, problems)
    local place = address.socket(admin.listen, "")
    for _, text in ipairs(listen or {}) do
        if arrives_at(text, place) then
            problems:add("admin.listen", ("admin %q is where clients connect; write as `admin` an "
                .. "address of its own, or false"):format(admin.listen), "listen")
        end
    end
    local is_local = place.unix_path or place.host:find("^127%.") or place.host == "::1"
    if not is_local and not admin.token then
        problems:add("admin.listen", ("admin %q can be reached from elsewhere; write an address "
            .. "that starts with 127, or [::1], or unix:PATH, or ask for a token: "
            .. "{ listen = %q, token_file = \"admin.token\" }"):format(admin.listen, admin.listen))
    end
end

--- Checks admin, alone or with what clients `listen` to.  Afterwards there is one token, wherever
-- it stood.
function agree.admin(admin, listen, problems)
    local is_whole = admin.listen and admin.token ~= nil and admin.token_file ~= nil
    if admin.token and admin.token_file then
        problems:add("admin.token_file", "admin has a token and a token_file; leave one out")
    end
    admin.token, admin.token_file = admin.token or admin.token_file, nil
    if is_whole then
        check_admin_listen(admin, listen, problems)
    end
end

--- Spreads out where a worker is, and names it.
function agree.complete_worker(worker, path, problems)
    local place = worker.url
    worker.url, worker.host, worker.port = place.text, place.host, place.port
    worker.unix_path = place.unix_path
    if not worker.name then
        worker.name = place.unix_path or place.text:sub(#"http://" + 1)
        if #worker.name > NAME_MAX_BYTES then
            problems:add(path, ("%s needs a name of at most %d bytes; %q is too long for one")
                :format(path, NAME_MAX_BYTES, worker.name))
        end
    end
end

--- A worker, of which `path` leads to the url, must not be the gateway that listens on these.
function agree.check_worker(worker, path, listen, problems)
    for _, text in ipairs(listen) do
        if arrives_at(text, worker) then
            problems:add(path, ("%s %q is the gateway itself, which listens on %s"):format(
                path, worker.url, text))
        end
    end
end

--- Is this `key` of entry `i` one that no earlier entry has?  Else it is a problem.
local function is_new(seen, entry, key, i, list, problems)
    local value = entry[key]
    if not seen[value] then
        seen[value] = i
        return true
    end
    local path = where.join(where.join(list, i), key)
    problems:add(path, ("%s %s is that of %s already; leave one out"):format(
        path, wording.describe(value), where.join(list, seen[value])))
    return false
end

local function check_workers(conf, problems)
    local urls, names = {}, {}
    for i, worker in ipairs(conf.workers) do
        local path = where.join("workers", i)
        if worker.url then
            agree.complete_worker(worker, path, problems)
            local _ = is_new(urls, worker, "url", i, "workers", problems)
                and is_new(names, worker, "name", i, "workers", problems)
            agree.check_worker(worker, path .. ".url", conf.listen or {}, problems)
        end
    end
    local room = conf.limits.workers
    if room and #conf.workers > room then
        problems:add("workers", ("workers has %d entries, but limits.workers is %d; raise it")
            :format(#conf.workers, room))
    end
end

local function check_routes(conf, problems)
    local seen = {}
    for i, route in ipairs(conf.routes) do
        if route.prefix then
            route.forward = route.forward or route.prefix
            is_new(seen, route, "prefix", i, "routes", problems)
        end
    end
    if #conf.routes == 0 then
        problems:add("routes", "routes is empty, so nothing could be called; leave it out or write "
            .. "{ { prefix = \"/run/\" } }")
    end
end

--- The longest prefix first: the first that fits is then the right one.
local function sort_routes(routes)
    table.sort(routes, function(a, b)
        return #a.prefix > #b.prefix or (#a.prefix == #b.prefix and a.prefix < b.prefix)
    end)
end

--- Checks and completes a configuration, of which some parts may be missing for being wrong.
function agree.all(conf, problems)
    if conf.workers then
        check_workers(conf, problems)
    end
    if conf.routes then
        check_routes(conf, problems)
    end
    if conf.admin then
        agree.admin(conf.admin, conf.listen, problems)
    end
    local head, uri = conf.limits.head_bytes, conf.limits.uri_bytes
    if head and uri and uri > head then
        problems:add("limits.uri_bytes", ("limits.uri_bytes is %d, more than limits.head_bytes "
            .. "(%d), of which it is a part"):format(uri, head), "limits.head_bytes")
    end
    if #problems == 0 then
        sort_routes(conf.routes)
    end
end

return agree
