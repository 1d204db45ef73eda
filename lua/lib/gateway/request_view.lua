--- The request and the outcome as policies see them: one object each, made once.
-- Their fields are read from the gateway when they are asked for.  What a policy keeps beyond a
-- call shows the next request, or is an error between the calls: never memory that is gone.
local request_view = {}

local ffi = require("ffi")
local fields = require("gateway.fields")

request_view.FIELDS = {
    "func", "packages", "method", "path", "client", "body_length", "attempt", "now", "header",
}
request_view.NO_REQUEST = "header was called without the request; with a colon it has it: "
    .. "request:header(name)"
request_view.OUTCOME = { "status", "latency_ms", "error", "headers" }
local FUNCTIONS = 10000 -- registered functions whose strings are kept

local nothing = setmetatable({}, {
    __newindex = function()
        error("this function has no packages; the list cannot be changed", 2)
    end,
    __metatable = false,
})

-- Names and packages of registered functions, made on first use and kept.
local function registry(host)
    local policy = host.policy
    local known, count = {}, 0

    local function make(number)
        local entry = { name = ffi.string(host.function_name(policy, number)), packages = nothing }
        for i = 1, host.package_count(policy, number) do
            entry.packages = i > 1 and entry.packages or {}
            entry.packages[i] = ffi.string(host.package(policy, number, i - 1))
        end
        return entry
    end

    return function(number)
        local entry = known[number]
        if not entry then
            if count == FUNCTIONS then
                known, count = {}, 0
            end
            entry, count = make(number), count + 1
            known[number] = entry
        end
        return entry
    end
end

local function header_reader(call)
    local value = ffi.new("const char *[1]")
    return function(owner, name)
        if type(name) ~= "string" then
            error("the name of a header is a string, not a " .. type(name), 2)
        end
        local len = call(owner, name, #name, value)
        return len >= 0 and ffi.string(value[0], len) or nil
    end
end

--- The object for `request`.
function request_view.request(host)
    local view = host.request
    local registered = registry(host)
    local header = header_reader(host.header)
    local getters = {}

    function getters.func()
        if view["function"] >= 0 then
            return registered(view["function"]).name
        end
        return ffi.string(view.func, view.func_len)
    end

    function getters.packages()
        return view["function"] >= 0 and registered(view["function"]).packages or nothing
    end

    for _, key in ipairs({ "method", "path", "client" }) do
        local len = key .. "_len"
        getters[key] = function()
            return ffi.string(view[key], view[len])
        end
    end
    for _, key in ipairs({ "attempt", "now", "body_length" }) do
        getters[key] = function()
            return view[key]
        end
    end

    local request

    local function request_header(self, name)
        if self ~= request then
            error(request_view.NO_REQUEST, 2)
        elseif host.has_request == 0 then
            error(fields.KEPT:format("request"), 2)
        end
        return header(view.owner, name)
    end

    function getters.header()
        return request_header
    end

    request = fields.object("request", request_view.FIELDS, host, getters)
    return request
end

--- The object for `outcome`, with the headers of these names in `outcome.headers`.
function request_view.outcome(host, names)
    local view = host.outcome
    local read = header_reader(host.answer_header)
    local getters = {}

    function getters.status()
        return view.status
    end

    function getters.latency_ms()
        return view.latency_ms
    end

    function getters.error()
        return view.error ~= nil and ffi.string(view.error) or nil
    end

    function getters.headers()
        local headers = {}
        for _, name in ipairs(view.owner ~= nil and names or {}) do
            headers[name:lower()] = read(view.owner, name)
        end
        return headers
    end

    return fields.object("outcome", request_view.OUTCOME, host, getters)
end

return request_view
