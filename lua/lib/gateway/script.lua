--- Runs a configuration file, which is a Lua script that returns a table.
-- It may do what Lua can (os.getenv is useful), but in an environment of its own where a global
-- that nobody defined is an error: otherwise a missing `local` or a mistyped `false` goes unseen.
local files = require("gateway.files")
local lua_text = require("gateway.lua_text")
local options = require("gateway.options")
local tokens = require("gateway.tokens")
local wording = require("gateway.wording")

local script = {}

local is_option = {}
for _, section in ipairs(options.sections) do
    is_option[section.name] = true
    for _, row in ipairs(section.name == "" and section or {}) do
        is_option[row.key] = true
    end
end

local CHUNK = "(configuration)" -- short, for Lua cuts long names in its messages

local function no_exit()
    error("a configuration cannot end the program; it returns a table, or tells with "
        .. "error(\"...\") why it does not", 2)
end

-- A reload runs in the sandbox, where no program starts, so none does at a start or a check.
local function no_program()
    error("a configuration cannot start programs; what one would tell can come from the "
        .. "environment (os.getenv) or from a file", 2)
end

local function environment()
    local env = {
        os = setmetatable({ exit = no_exit, execute = no_program }, { __index = os }),
        io = setmetatable({ popen = no_program }, { __index = io }),
    }
    env._G = env
    return setmetatable(env, {
        __index = function(_, name)
            if _G[name] == nil then
                error(("nothing is called %q here; a text needs quotes"):format(tostring(name)), 2)
            end
            return _G[name]
        end,
        __newindex = function(_, name, value)
            local message = is_option[name] and "%q is an option; write: return { %s = ... }"
                or type(value) == "table"
                and "%q is not declared; write: local %s = ..., or: return { ... }"
                or "%q is not declared; write: local %s = ..."
            error(message:format(name, name), 2)
        end,
    })
end

--- What went wrong and on which line of the script, though it may have been somewhere deeper.
local function locate(problem)
    local message = type(problem) == "string" and problem or "error: " .. tostring(problem)
    local level, info = 2, debug.getinfo(2, "Sl")
    while info and info.source ~= "=" .. CHUNK do
        level = level + 1
        info = debug.getinfo(level, "Sl")
    end
    message = message:gsub("^%(configuration%):%d+: ", ""):match("^[^\n]*")
    return { line = info and info.currentline, message = message }
end

-- The text of a line.
local function line_at(text, number)
    local at = 1
    for line in (text .. "\n"):gmatch("([^\n]*)\n") do
        if at == number then
            return line
        end
        at = at + 1
    end
    return ""
end

local function split(problem)
    local line, message = tostring(problem):match("^%(configuration%):(%d*):? (.*)$")
    return tonumber(line), message or tostring(problem)
end

-- What a message of Lua's parser about a line may mean here.
local function hint(text, message, line)
    local first = tokens.split(text)[1]
    if first and first.text == "{" then
        return "; a configuration begins with: return {"
    elseif message:find("near '<eof>'$") then
        return '; is a "}" missing?'
    elseif message:find("^'}' expected") then
        return "; is a comma missing?"
    elseif line_at(text, line):find("^%s*[%a_][%w_]*%s*:") then
        return '; an option is set with "=", not with ":"'
    end
    return ""
end

local function failure(path, line, message)
    return ("%s:%s %s"):format(path, line and line .. ":" or "", wording.one_line(message))
end

--- What to say of an error that the script's table raised later, as its metatable may.
function script.blame(path, problem)
    return failure(path, split(problem))
end

--- The table that the script returns, and its source; or nil and `file:line: what is wrong`.
function script.run(path)
    local text, reason = files.read(path)
    if not text then
        local message = ("cannot be read: %s; name another with -c FILE"):format(reason)
        return nil, failure(path, nil, message)
    end
    local chunk, problem = lua_text.compile(text, CHUNK, environment())
    if not chunk then
        local line, message = split(problem)
        return nil, failure(path, line, message .. hint(text, message, line))
    end
    local ok, result = xpcall(chunk, locate)
    if not ok and type(result) ~= "table" then -- there was no stack left for locate()
        return nil, failure(path, nil, tostring(result))
    elseif not ok then
        return nil, failure(path, result.line, result.message)
    elseif type(result) ~= "table" then
        return nil, failure(path, nil, ("must return a table, as in: return { listen = "
            .. "\"127.0.0.1:9080\" }, but returns %s"):format(wording.describe(result)))
    elseif type(rawget(result, "pick")) == "function" then
        return nil, failure(path, nil, ("this is a policy, not a configuration; write policy = %q "
            .. "in a configuration, and name that with -c FILE"):format(
            "./" .. path:match("[^/]*$")))
    end
    return result, text
end

return script
