--- `picket lab thesis`: the figures of the 2018 thesis, simulated, beside what it measured.
local thesis_command = {}

local compare_command = require("lab.compare_command")
local facts = require("lab.thesis_facts")
local measured = require("lab.measured")
local outputs = require("lab.outputs")
local registry = require("lab.registry")
local tables = require("lab.page.tables")
local text_table = require("lab.table")
local thesis = require("lab.thesis")
local thesis_table = require("lab.thesis_table")
local wording = require("gateway.wording")

local SEEDS = 10
local INTERRUPTED = 130
local CAPTION = "Simulated, and beside it what was measured in 2018."

-- By label what the logs in a folder (nil: none) say; nil and a message for one that is bad.
local function load_logs(folder, logs)
    local loaded = {}
    for label, name in pairs(folder and logs or {}) do
        local made, message = measured.load(folder .. "/" .. name, label .. " (measured)")
        if not made then
            return nil, message
        end
        loaded[label] = made
    end
    return loaded
end

local function references_of(known)
    local references = { title = facts.TITLE }
    for label, row in pairs(known or {}) do
        references[label] = row
    end
    return known and references or nil
end

-- Runs one experiment: the part of a page, and whether it was run to its end.
local function perform(experiment, options, world)
    local logs, message = load_logs(options.measured, facts.logs[experiment.name])
    if not logs then
        return nil, message
    end
    local result, is_whole = compare_command.run(experiment.scenario, experiment.policies,
        options.seeds or SEEDS, world, options.report ~= nil)
    if not result then
        return nil, is_whole
    end
    return {
        title = experiment.title, text = experiment.text, policies = result,
        vary = experiment.vary, is_timeless = experiment.is_timeless,
        references = references_of(experiment.facts), measured = logs,
        rows = thesis_table.rows(result, experiment.facts), has_facts = experiment.facts ~= nil,
    }, is_whole
end

local function say(part, world)
    world.out:write(part.title, "\n\n", wording.wrap(part.text, 80), "\n\n",
        table.concat(text_table.narrow(part.rows), "\n"), "\n\n")
end

local function content_of(parts, arguments, options, world)
    for _, part in ipairs(parts) do
        part.html = part.has_facts and tables.plain(part.rows, CAPTION) or nil
    end
    return {
        title = "The 2018 thesis, simulated", parts = parts,
        facts = {
            { "command", outputs.command("thesis", arguments) },
            { "functions", options.measured and "those of the logs in " .. options.measured
                or "made of the same shape, anew for each seed" },
            { "seeds", "1 to " .. (options.seeds or SEEDS) },
            { "measurements", "olscheduler experiments of August 2018, repository "
                .. "disel-espol/eval-olscheduler" },
            outputs.made_by(world),
        },
    }
end

-- The functions of the experiments: nil for those that are made; false and a message when the file
-- is bad.
local function registry_of(options)
    if not options.measured then
        return nil
    end
    local known, message = registry.load(options.measured .. "/" .. facts.REGISTRY)
    return known or false, message
end

thesis_command.options = { seeds = "count", report = "text", measured = "text" }

function thesis_command.run(options, arguments, world)
    return outputs.produce(options, world, function(assets)
        local known, message = registry_of(options)
        if known == false then
            return nil, message
        end
        local parts = {}
        for i, experiment in ipairs(thesis.experiments(known)) do
            local part, is_whole = perform(experiment, options, world)
            if not part then
                return nil, is_whole
            elseif not is_whole then
                return nil, "interrupted", INTERRUPTED
            end
            say(part, world)
            parts[i] = part
        end
        return outputs.forms(content_of(parts, arguments, options, world), assets)
    end)
end

return thesis_command
