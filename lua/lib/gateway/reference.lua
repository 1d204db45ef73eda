--- Prints scheduler.lua(5), the manual page of the configuration, from the rows of options.lua:
--
--     LUA_PATH="lua/lib/?.lua" luajit -e 'io.write(require("gateway.reference").page())' \
--         > src/scheduler.lua.5
local options = require("gateway.options")
local types = require("gateway.types")
local wording = require("gateway.wording")

local reference = {}

local WIDTH = 78

local HEAD = [[
.\" Printed by lua/lib/gateway/reference.lua, which says how.
.Dd November 23, 2026
.Dt SCHEDULER.LUA 5
.Os
.Sh NAME
.Nm scheduler.lua
.Nd configuration of picket
.Sh DESCRIPTION
The configuration of
.Xr picket 8
is a Lua file that returns a table of options.
All of them have defaults, so a whole configuration can be as short as this:
.Bd -literal -offset indent
return {
    listen = "127.0.0.1:9080",
    policy = "least_loaded",
    workers = { "http://127.0.0.1:9081", "http://127.0.0.1:9082" },
}
.Ed
.Pp
The file may compute what it returns, for instance with
.Fn os.getenv
or from a table made in a loop.
It cannot start programs
.Pq Fn os.execute , Fn io.popen :
a reload runs it where none may start.
Global variables are an error in it, so that a missing
.Ic local
or a mistyped
.Ic false
is noticed.
Unknown options, wrong types and values out of range are errors with file and
line;
.Dq picket check
reports up to twenty of them at once.
.Pp
A relative path is relative to the directory of the file.
Times are in seconds and sizes in bytes unless the name of an option says
otherwise.
The options
.Ic listen ,
.Ic admin.listen ,
.Ic processes ,
.Ic user ,
.Ic sandbox
and
.Ic limits.workers
are read when the gateway starts, all others again by every reload.
]]

local TAIL = [[
.Sh THE REGISTRY
The registry is a JSON file in one of two forms.
In the first, the packages of each function stand in order, the largest first:
.Bd -literal -offset indent
[{"handle": "report", "pkgs": ["pandas", "numpy"]}, ...]
.Ed
.Pp
In the second, packages have sizes in bytes, by which they are ordered:
.Bd -literal -offset indent
{"packages": {"pandas": 47000000, "numpy": 61000000, ...},
 "functions": {"report": ["pandas", "numpy"], ...}}
.Ed
.Sh FILES
Examples are installed with the program:
.Bl -tag -width Ds
.It Pa share/picket/conf/scheduler.lua
every option with its default
.It Pa share/picket/conf/minimal.lua
ten lines to start from
.El
.Sh SEE ALSO
.Xr policy 7 ,
.Xr picket 8
]]

--- A default as Lua source.
local function literal(value)
    if type(value) ~= "table" then
        return wording.describe(value)
    end
    local parts = {}
    for _, entry in ipairs(value) do
        parts[#parts + 1] = literal(entry)
    end
    for _, key in ipairs({ "prefix", "forward" }) do
        parts[#parts + 1] = value[key] and key .. " = " .. literal(value[key])
    end
    return #parts > 0 and "{ " .. table.concat(parts, ", ") .. " }" or "{}"
end

--- Text for mdoc: a sentence starts a line, and nothing in it means something to roff.
local function prose(text)
    local lines = {}
    for sentence in (text .. "  "):gmatch("(.-)  +") do
        lines[#lines + 1] = wording.wrap(sentence, WIDTH)
    end
    text = "\n" .. table.concat(lines, "\n"):gsub("\\", "\\e")
    return (text:gsub("\n([.'])", "\n\\&%1"):sub(2))
end

--- What a row takes and what it is by default, in a sentence.
local function domain(row)
    local words = types[row.type].expects(row)
    if row.off then
        words = words .. " or false"
    end
    local default = "."
    if row.required then
        default = "; required."
    elseif row.default ~= nil then
        default = "; default " .. literal(row.default) .. "."
    end
    return words:sub(1, 1):upper() .. words:sub(2) .. default
end

local function title(section)
    if section.name == "" then
        return "The outer table"
    elseif section.name:find("%[%]$") then
        return "Each entry of " .. section.name:sub(1, -3)
    end
    return (section.name:gsub("{}", " as a table"))
end

local function section_lines(section, add)
    add(".Ss " .. title(section))
    add(prose(section.text))
    add(".Bl -tag -width Ds")
    for _, row in ipairs(section) do
        add(".It Ic " .. row.key)
        add(prose(row.text))
        add(prose(domain(row)))
    end
    add(".El")
end

--- The whole page as mdoc.
function reference.page()
    local lines = {}
    local function add(line)
        lines[#lines + 1] = line
    end
    add(HEAD .. ".Sh OPTIONS")
    for _, section in ipairs(options.sections) do
        section_lines(section, add)
    end
    return table.concat(lines, "\n") .. "\n" .. TAIL
end

return reference
