--- A policy's file, found and loaded into the gateway's sandbox.
local policy_file = {}

local files = require("gateway.files")
local lua_text = require("gateway.lua_text")
local options_of = require("picket.options")
local policy_shape = require("gateway.policy_shape")
local sandbox = require("gateway.sandbox")
local suggest = require("picket.suggest")
local watch = require("lab.watch")

-- The file of a policy: an installed one by its name, else a path.
local function file_of(name)
    return not name:find("[/.]") and package.searchpath(name, package.path) or name
end

-- Why there is no file of a policy.
local function missing(name, message)
    local known = package.searchpath("least_loaded", package.path) or ""
    local installed = files.list(files.directory(known), ".lua")
    if name:find("[/.]") or #installed == 0 then
        return ("there is no policy %q: %s"):format(name, message)
    end
    return ("there is no policy %q (there are %s; a file has a slash or a dot)%s"):format(name,
        table.concat(installed, ", "), suggest.hint(name, installed))
end

local function find_module(name)
    if type(name) ~= "string" or not name:find("^picket%.") then
        return nil
    end
    local path = package.searchpath(name, package.path)
    return path and files.read(path), path
end

local function run(chunk, file, options)
    local policy = policy_shape.check(chunk(), file)
    options_of.check_read(file:gsub("%.lua$", ""), policy, options)
    return policy
end

--- The table that the file returns, which may be started with these options, and the file; nil and
-- a message when there is none.  `seed`: of its random numbers.
function policy_file.load(name, options, seed)
    local file = file_of(name)
    local source, message = files.read(file)
    if not source then
        return nil, missing(name, message)
    end
    local env = sandbox.new({ find = find_module, print = print, seed = seed })
    local chunk
    chunk, message = lua_text.compile(source, file, env)
    if not chunk then
        return nil, message
    end
    local ok, policy = watch.call(watch.place("loading it", chunk), run, chunk, file, options)
    if not ok then
        return nil, policy
    end
    return policy, file
end

return policy_file
