--- What the errors of a policy say, as src/policy/mistake.c has it in the gateway.
local mistakes = {}

local function text_of(problem)
    if type(problem) ~= "string" then
        return ("an error that is a %s, not a text"):format(type(problem))
    end
    return (problem:gsub("^[^:]*/gateway/[%w_]+%.lua:%d+: ", "")) -- after a tail call
end

--- For xpcall() around the policy in `file`: gives an error without a place that of the innermost
-- function there, or else `place`.
function mistakes.handler(file, place)
    return function(problem)
        local message, level = text_of(problem), 2
        local info = debug.getinfo(level, "Sl")
        if message:find(".lua:", 1, true) or message:find("^options of ") then
            return message
        end
        while info and info.source ~= "=" .. file do
            level = level + 1
            info = debug.getinfo(level, "Sl")
        end
        return (info and file .. ":" .. info.currentline or place) .. ": " .. message
    end
end

return mistakes
