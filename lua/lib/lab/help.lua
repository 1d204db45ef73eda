--- What `picket lab --help` and `picket lab COMMAND --help` print, in lines of at most 80 columns.
local help = {}

local report = require("lab.report")

local POLICIES = {
    { "--policy NAME[,option=value...]", "a policy, installed or a file; repeatable" },
}
local WORKLOAD = {
    { "--preset NAME|FILE", "workers, functions and requests (thesis2018)" },
    { "--trace FILE", "its requests instead of the preset's" },
    { "--requests N", "no more than the first N requests" },
    { "--registry FILE", "its functions (JSON) instead of the preset's" },
    { "--seeds N", "run with the seeds 1 to N (5)" },
}
local FILES = {
    { "--report FILE.html", "write a page with figures" },
    { "--json FILE", "write all numbers as JSON" },
    { "--csv FILE", "write a row for each run as CSV" },
}

-- In the order in which they are listed: name, arguments, sentence, options, more (lines).
local COMMANDS = {
    { "compare", "[OPTION ...]", "policies on the same requests, in virtual time",
        { POLICIES, WORKLOAD, FILES }, true },
    { "sweep", "--policy NAME --vary OPTION=VALUE,VALUE,... [OPTION ...]",
        "one policy with several values of an option",
        { { { "--policy NAME[,option=value...]", "the policy, installed or a file" },
            { "--vary option=value,value,...", "what varies" } }, WORKLOAD, FILES }, true },
    { "thesis", "[OPTION ...]", "the experiments of the 2018 thesis, beside what they measured",
        { { { "--seeds N", "run with the seeds 1 to N (10)" },
            { "--report FILE.html", "write a page with figures" },
            { "--measured DIR", "the folder of the original registry and logs" } } } },
    { "bench", "[--policy NAME[,option=value...]] ...", "what a pick costs, by number of workers",
        { POLICIES, { { "--json FILE", "write them as JSON, too" } } } },
    { "list", "", "the presets", {} },
    { "registry", "[--seed N]", "write a registry of the 2018 thesis' shape as JSON",
        { { { "--seed N", "another one for each number (1)" } } } },
    { "table", "NAME=FILE ... [OPTION ...]", "compare outcomes that picket replay --json wrote",
        { { { "--report FILE.html", "write a page with figures" } } } },
}

--- The names of the commands.
help.commands = {}
for i, command in ipairs(COMMANDS) do
    help.commands[i] = command[1]
end

--- What `picket lab --help` prints.
function help.overview()
    local lines = { "usage: picket lab COMMAND [OPTION ...]", "",
        "The policy lab: policies on simulated workers, in virtual time.", "" }
    for _, command in ipairs(COMMANDS) do
        lines[#lines + 1] = ("  %-10s %s"):format(command[1], command[3])
    end
    lines[#lines + 1] = ""
    lines[#lines + 1] = "`picket lab COMMAND --help` tells more; so does `man picket-lab`."
    return table.concat(lines, "\n") .. "\n"
end

--- What `picket lab NAME --help` prints; nil when there is no such command.
function help.of(name)
    for _, command in ipairs(COMMANDS) do
        if command[1] == name then
            local usage = ("usage: picket lab %s %s"):format(name, command[2]):gsub(" +$", "")
            local lines = { usage, "", command[3]:gsub("^%l", string.upper) .. ".", "" }
            for _, group in ipairs(command[4]) do
                for _, option in ipairs(group) do
                    lines[#lines + 1] = ("  %-32s %s"):format(option[1], option[2])
                end
            end
            if command[5] then
                lines[#lines + 1] = ""
                lines[#lines + 1] = "The columns of the table, means over the seeds:"
                lines[#lines + 1] = ""
                lines[#lines + 1] = table.concat(report.legend(), "\n")
            end
            return table.concat(lines, "\n"):gsub("\n+$", "") .. "\n"
        end
    end
end

return help
