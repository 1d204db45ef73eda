--- A small comparison that was really run, for the specs of what is made of one.
local comparison = {}

local compare = require("lab.compare")
local registry = require("lab.registry")
local topology = require("lab.topology")
local workload = require("lab.workload")

local PRESET = {
    workers = function() return topology.workers(3, { model = "thesis2018" }) end,
    registry = function() return registry.new({ f = { "a" }, g = { "b" }, h = {} }) end,
    workload = function(known, seed) return workload.uniform(known, seed, 50, 200) end,
}

--- Policies as they are written on the command line, run with so many seeds.
function comparison.run(texts, seeds)
    local policies = {}
    for i, text in ipairs(texts) do
        policies[i] = assert(compare.parse_policy(text))
    end
    return (assert(compare.run(PRESET, policies, seeds, function() return true end, true)))
end

--- What the sections of a page share of it: a part as figures are given.
function comparison.part(texts, seeds, vary)
    local policies = comparison.run(texts, seeds)
    return {
        policies = policies, vary = vary, unit = require("lab.page.axis").unit(1),
        looks = require("lab.page.looks").of(#policies, vary ~= nil),
    }
end

return comparison
