--- Loads conf/scheduler.lua: runs it, checks every option, fills in the defaults.
-- All that is wrong is reported at once, each with the line it stands on and what to do about it.
local agree = require("gateway.agree")
local check = require("gateway.check")
local files = require("gateway.files")
local problems = require("gateway.problems")
local script = require("gateway.script")
local where = require("gateway.where")

local config = {
    policies_dir = "lua/policies", -- the installed policies; the program that loads us sets it
}

local function place_of(path)
    return { directory = files.directory(path), policies_dir = config.policies_dir }
end

-- What is found wrong only once it is tried, besides the policy's own options.
local TRIED = { "policy", "registry", "user", "admin.token_file", "log.file", "log.access_file",
    "policy_limits.failure_specs" }

-- The files that are read again at a reload, by the option that names them.
local function files_of(conf, given, path)
    local token_file = type(given.admin) == "table" and given.admin.token_file
    return {
        user = path,
        policy = conf.policy.path,
        registry = conf.registry or nil,
        ["admin.token_file"] = token_file and files.resolve(files.directory(path), token_file)
            or nil,
    }
end

local function places_of(conf, given, path, line_of)
    local lines, file_of = {}, files_of(conf, given, path)
    local function add(option)
        local line, file = line_of(option), file_of[option]
        lines[#lines + 1] = option .. "\t" .. path .. (line and ":" .. line or "")
            .. (file and "\t" .. file or "")
    end
    for _, option in ipairs(TRIED) do
        add(option)
    end
    for key in pairs(conf.policy.options) do
        add("policy." .. key)
    end
    return table.concat(lines, "\n")
end

--- The configuration in a file: every option of options.lua is there, sizes are in bytes, times in
-- the unit of their row, paths fit for use from the working directory.  Of the options with a form
-- of their own:
--
--     listen, dns.servers  a list of texts              processes  0 when it is "auto"
--     admin      { listen, token }, or false; token is false when there is none
--     policy     { name, path, options }
--     workers    { { url, name, host, port, weight, capacity }, ... }; unix_path instead of host
--                and port; capacity 0 is any
--     places     where those options stand that are tried later, a line each: the option, a tab,
--                file:line, and for a file that is read a tab and its path; the first is policy
--     user_line  where user stands, or 0
--     routes     { { prefix, forward }, ... }, the longest prefix first
--
-- Or nil, and what is wrong, one line for each.
function config.load(path)
    local given, source = script.run(path)
    if not given then
        return nil, source
    end
    local line_of, twice = where.finder(source)
    local found = problems.new(path, line_of)
    for _, again in ipairs(twice) do
        found:add_at(again.line, ("%s is set a second time, which takes the place of line %d; "
            .. "leave one out"):format(again.path, again.first))
    end
    local ok, conf = pcall(check.all, given, place_of(path), found)
    if not ok then
        return nil, script.blame(path, conf)
    end
    agree.all(conf, found)
    if #found > 0 then
        return nil, found:report()
    end
    conf.places, conf.user_line = places_of(conf, given, path, line_of), line_of("user") or 0
    return conf
end

--- The admin address alone, { listen, token } or false, whatever else is wrong in the file; or nil,
-- and why it cannot be told.
function config.admin(path)
    local given, source = script.run(path)
    if not given then
        return nil, source
    end
    local found = problems.new(path, (where.finder(source)))
    local admin = check.option("admin", given.admin, "admin", place_of(path), found)
    if admin then
        agree.admin(admin, nil, found)
    end
    if #found > 0 then
        return nil, found:report()
    end
    return admin
end

return config
