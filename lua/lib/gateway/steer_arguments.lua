--- The arguments of the commands that talk to a running gateway.
local help = require("gateway.steer_help")
local suggest = require("picket.suggest")

local steer_arguments = {}

-- Option -> the field it sets; one with a value has it in the next argument.
local VALUED = { ["-c"] = "config", ["--config"] = "config", ["--admin"] = "admin",
    ["--token-file"] = "token_file",
    ["--name"] = "name", ["--weight"] = "weight", ["--capacity"] = "capacity" }
local FLAGS = { ["--json"] = "json", ["--help"] = "help", ["-h"] = "help",
    ["--no-wait"] = "no_wait" }
local ALLOWED = {
    status = { json = true }, reload = {}, stop = {}, upgrade = {},
    workers = { name = true, weight = true, capacity = true, no_wait = true },
}

local function number(text, what)
    local value = tonumber(text)
    if not value then
        return nil, ("%s must be a number, not %q"):format(what, text)
    end
    return value
end

-- What each subcommand of `workers` wants after its name, and the fields it sends.
local VERBS = {
    list = { words = 0, fields = function() return {} end },
    remove = { words = 1, fields = function(words) return { name = words[1] } end },
    add = { words = 1, fields = function(words, given)
        local weight, capacity, reason
        if given.weight then
            weight, reason = number(given.weight, "the weight")
        end
        if given.capacity and not reason then
            capacity, reason = number(given.capacity, "the capacity")
        end
        if reason then
            return nil, reason
        end
        return { url = words[1], name = given.name, weight = weight, capacity = capacity }
    end },
    weight = { words = 2, fields = function(words)
        local weight, reason = number(words[2], "the weight")
        return weight and { name = words[1], weight = weight }, reason
    end },
}
VERBS.drain, VERBS.undrain = VERBS.remove, VERBS.remove

local function keys(map)
    local names = {}
    for name in pairs(map) do
        names[#names + 1] = name
    end
    table.sort(names)
    return names
end

local function parse_verb(given, words)
    local name = table.remove(words, 1)
    local verb = VERBS[name]
    if not name then
        return nil, "workers: which command?  list, add, remove, drain, undrain or weight"
    elseif not verb then
        return nil, ("workers: unknown command %q%s"):format(name, suggest.hint(name, keys(VERBS)))
    elseif #words ~= verb.words then
        return nil, ("workers %s takes %d argument%s, not %d; see picket workers --help")
            :format(name, verb.words, verb.words == 1 and "" or "s", #words)
    end
    local fields, reason = verb.fields(words, given)
    if not fields then
        return nil, ("workers %s: %s"):format(name, reason)
    end
    given.verb, given.fields = name, fields
    return given
end

--- `argv` is from 0, the command's name.  Returns a table of what was given (help: the text to
-- print), or nil and what is wrong.
function steer_arguments.parse(argv)
    local command, given, words, i = argv[0], {}, {}, 1
    while argv[i] do
        local word = argv[i]
        local field = VALUED[word] or FLAGS[word]
        local common = field == "config" or field == "admin" or field == "help"
            or field == "token_file"
        if word:sub(1, 1) ~= "-" or word == "-" then
            words[#words + 1] = word
        elseif not field or not (common or ALLOWED[command][field]) then
            return nil, ("%s: unknown option %s; see picket %s --help")
                :format(command, word, command)
        elseif FLAGS[word] then
            given[field] = true
        elseif not argv[i + 1] then
            return nil, ("%s: %s wants a value"):format(command, word)
        else
            i = i + 1
            given[field] = argv[i]
        end
        i = i + 1
    end
    if given.help then
        return { help = help[command] }
    elseif command == "workers" then
        return parse_verb(given, words)
    elseif words[1] then
        return nil, ("%s: unexpected argument %q"):format(command, words[1])
    end
    return given
end

return steer_arguments
