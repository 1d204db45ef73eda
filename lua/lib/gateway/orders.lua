--- What is ordered of a running gateway's workers: the JSON bodies of POST /workers/..., checked as
-- the configuration checks its `workers`.
local agree = require("gateway.agree")
local check = require("gateway.check")
local cjson = require("cjson")
local json_text = require("gateway.json_text")
local problems = require("gateway.problems")
local suggest = require("picket.suggest")

local orders = {
    listen = {}, -- where the gateway itself listens, as texts; the gateway that loads us sets it
}

local CHOOSE = { "name", "url" }

local function nowhere()
    return nil -- a body has no lines worth telling
end

--- The fields of a JSON object; null is as good as absent.
local function fields_of(text)
    if text:find("%z") then
        return nil, "the body is no JSON: it has a NUL byte"
    end
    local ok, fields = pcall(cjson.decode, text)
    if not ok then
        return nil, "the body is no JSON: " .. tostring(fields)
    elseif type(fields) ~= "table" or fields[1] ~= nil then
        return nil, "the body must be a JSON object such as {\"name\": \"w1\"}"
    end
    local twice = json_text.twice(text)
    if twice then
        return nil, ("%q is there twice; leave one out"):format(twice)
    end
    for key, value in pairs(fields) do
        if value == cjson.null then
            fields[key] = nil
        end
    end
    return fields
end

--- Is every key known?  Else what is wrong with one that is not.
local function only(fields, known)
    local is_known = {}
    for _, key in ipairs(known) do
        is_known[key] = true
    end
    for key in pairs(fields) do
        if not is_known[key] then
            return nil, ("unknown key %q%s"):format(tostring(key),
                suggest.hint(tostring(key), known))
        end
    end
    return true
end

--- A worker as the configuration would describe it, complete: name, url, host (or unix_path), port,
-- weight, capacity (0: any).  Or nil and what is wrong.
function orders.add(text)
    local fields, reason = fields_of(text)
    if not fields then
        return nil, reason
    end
    local found = problems.new(nil, nowhere)
    if fields.url == nil then
        return nil, "which worker?  give its url, such as \"http://127.0.0.1:9081\""
    end
    local worker = check.section("workers[]", fields, "", { directory = "" }, found)
    if worker.url then
        agree.complete_worker(worker, "worker", found)
        agree.check_worker(worker, "url", orders.listen, found)
    end
    if worker.unix_path and worker.unix_path:sub(1, 1) ~= "/" then
        found:add("url", ("url %q does not begin with a slash; write the whole path"):format(
            worker.url))
    end
    if #found > 0 then
        return nil, found:report()
    end
    return worker
end

local function choose(text, known)
    local fields, reason = fields_of(text)
    if not fields then
        return nil, reason
    end
    local ok
    ok, reason = only(fields, known)
    if not ok then
        return nil, reason
    end
    if fields.name ~= nil and fields.url ~= nil then
        return nil, "which worker?  give its name or its url, not both"
    end
    fields.which = fields.name or fields.url
    if type(fields.which) ~= "string" then
        return nil, "which worker?  give its name or its url as a text"
    end
    return fields
end

--- { which = name or url }; or nil and what is wrong.
function orders.choose(text)
    return choose(text, CHOOSE)
end

--- { which, weight }; or nil and what is wrong.
function orders.weight(text)
    local fields, reason = choose(text, { "name", "url", "weight" })
    if not fields then
        return nil, reason
    elseif fields.weight == nil then
        return nil, "which weight?  give it as a number"
    end
    local found = problems.new(nil, nowhere)
    check.option("workers[].weight", fields.weight, "weight", {}, found)
    if #found > 0 then
        return nil, found:report()
    end
    return fields
end

return orders
