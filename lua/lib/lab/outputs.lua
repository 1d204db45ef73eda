--- The files that a command of the lab writes: --json, --csv and --report.
local outputs = {}

local assets = require("lab.page.assets")
local exports = require("lab.exports")
local page = require("lab.page")

local FORMS = { "json", "csv", "report" }

local function quoted(argument)
    if argument:find("[^%w%-_=.,/:+@%%]") or argument == "" then
        return "'" .. argument:gsub("'", "'\\''") .. "'"
    end
    return argument
end

--- The command as one would type it.
function outputs.command(name, arguments)
    local parts = { "picket lab " .. name }
    for _, argument in ipairs(arguments) do
        parts[#parts + 1] = quoted(argument)
    end
    return table.concat(parts, " ")
end

--- The fact of which picket made it, and when.
function outputs.made_by(world)
    return { "made by",
        "picket " .. (world.version or "") .. ", " .. world.date("%Y-%m-%d %H:%M") }
end

local function labels_of(policies)
    local labels = {}
    for i, policy in ipairs(policies) do
        labels[i] = policy.text
    end
    return table.concat(labels, "; ")
end

--- What was run, as name and text pairs.  `done`: name and arguments (of the command), workload (in
-- words), requests, policies and seeds.
function outputs.facts(done, world)
    return {
        { "command", outputs.command(done.name, done.arguments) },
        { "workload", done.workload },
        { "requests", ("%d in each run"):format(done.requests) },
        { "policies", labels_of(done.policies) },
        { "seeds", done.seeds == 1 and "1" or "1 to " .. done.seeds },
        outputs.made_by(world),
    }
end

-- What was given, when this file can be written; else nil and a message.
local function try_file(path, given)
    local file, message = io.open(path, "a")
    if not file then
        return nil, message
    end
    local is_new = file:seek("end") == 0
    file:close()
    if is_new then
        os.remove(path) -- it comes when there is something in it
    end
    return given
end

-- The assets of the report, if one is wanted; nil and a message when a file cannot be written.
local function prepare(options, world)
    local made, message = {}, nil
    if options.report then
        made, message = assets.load(world.share)
    end
    for _, form in ipairs(FORMS) do
        if made and options[form] then
            made, message = try_file(options[form], made)
        end
    end
    return made, message
end

local function write(path, text)
    local file, message = io.open(path, "wb")
    if not file then
        return nil, message
    end
    local ok
    ok, message = file:write(text)
    ok = file:close() and ok
    return ok, message
end

local function run_of(facts)
    local run = {}
    for _, fact in ipairs(facts) do
        run[fact[1]:gsub(" ", "_")] = fact[2]
    end
    return run
end

--- The forms of what came of a command.  `content`: policies, and what lab.page renders; `made`:
-- the assets of the report.
function outputs.forms(content, made)
    return {
        json = function() return exports.json(content.policies, run_of(content.facts)) end,
        csv = function() return exports.csv(content.policies) end,
        report = function() return page.render(content, made) end,
    }
end

local function write_all(forms, options)
    for _, form in ipairs(FORMS) do
        if options[form] then
            local ok, message = write(options[form], forms[form]())
            if not ok then
                return nil, message
            end
        end
    end
    return true
end

--- Does a command's work, and writes the files that its options ask for; these are tried first.
-- `work(assets)` returns by form (json, csv, report) a function that makes the text; nil, a message
-- and perhaps an exit code when there is none.  Returns the exit code, and what went wrong.
function outputs.produce(options, world, work)
    local made, message = prepare(options, world)
    if not made then
        return 1, message
    end
    local forms, code
    forms, message, code = work(made)
    if not forms then
        return code or 1, message
    end
    made, message = write_all(forms, options)
    return made and 0 or 1, message
end

return outputs
