--- The arguments of the commands that talk to a running gateway.
local address = require("gateway.address")
local cjson = require("cjson")
local help = require("gateway.steer_help")
local orders = require("gateway.orders")
local keys = require("picket.keys")
local suggest = require("picket.suggest")

local steer_arguments = {}

-- Option -> the field it sets; the value of one that is no flag is in the next argument.
local OPTIONS = { ["-c"] = "config", ["--config"] = "config", ["--admin"] = "admin",
    ["--token-file"] = "token_file", ["--name"] = "name", ["--weight"] = "weight",
    ["--capacity"] = "capacity", ["--json"] = "json", ["--help"] = "help", ["-h"] = "help",
    ["--no-wait"] = "no_wait" }
local FLAGS = { json = true, help = true, no_wait = true }
local COMMON = { config = true, admin = true, token_file = true, help = true }
local ALLOWED = {
    status = { json = true }, reload = {}, stop = {}, upgrade = {},
    workers = { name = true, weight = true, capacity = true, no_wait = true, json = true },
}

-- A text that is a number as one; what it must be, the check tells.
local function number(text)
    local value = tonumber(text)
    return value and value - value == 0 and value or text
end

-- What each subcommand of `workers` wants after its name, the options it takes, the fields it sends
-- and how these are checked.
local VERBS = {
    list = { words = {}, takes = { json = true }, fields = function() return {} end },
    add = {
        words = { "URL" }, takes = { name = true, weight = true, capacity = true },
        check = orders.add,
        fields = function(words, given)
            return { url = words[1], name = given.name, weight = number(given.weight),
                capacity = number(given.capacity) }
        end,
    },
    weight = {
        words = { "WORKER", "W" }, takes = {}, check = orders.weight,
        fields = function(words) return { name = words[1], weight = number(words[2]) } end,
    },
}
for _, name in ipairs({ "remove", "drain", "undrain" }) do
    VERBS[name] = {
        words = { "WORKER" }, takes = { no_wait = name == "drain" }, check = orders.choose,
        fields = function(words) return { name = words[1] } end,
    }
end

-- What is wrong with the words and options of a verb, or nil.
local function misuse(name, verb, words, given)
    local missing, surplus = verb.words[#words + 1], words[#verb.words + 1]
    if missing or surplus then
        local usage = table.concat({ "picket workers", name, unpack(verb.words) }, " ")
        return missing and ("%s is missing; write: %s"):format(missing, usage)
            or ("unexpected argument %q; write: %s"):format(surplus, usage)
    end
    for word, field in pairs(OPTIONS) do
        if given[field] and not COMMON[field] and not verb.takes[field] then
            return ("takes no %s; see picket workers --help"):format(word)
        end
    end
end

local function unknown_option(command, option)
    local known = {}
    for word, field in pairs(OPTIONS) do
        if COMMON[field] or ALLOWED[command][field] then
            known[word] = true
        end
    end
    local hint = suggest.hint(option, keys.sorted(known))
    return ("%s: unknown option %q%s"):format(command, option,
        hint ~= "" and hint or ("; see picket %s --help"):format(command))
end

local function parse_verb(given, words)
    local name = table.remove(words, 1)
    local verb = VERBS[name]
    if not name then
        return nil, "workers: which command?  list, add, remove, drain, undrain or weight"
    elseif not verb then
        local known = keys.sorted(VERBS)
        local hint = suggest.hint(name, known)
        return nil, ("workers: unknown command %q%s"):format(name,
            hint ~= "" and hint or "; there are " .. table.concat(known, ", "))
    end
    local wrong = misuse(name, verb, words, given)
    if wrong then
        return nil, ("workers %s: %s"):format(name, wrong)
    end
    given.verb, given.fields = name, verb.fields(words, given)
    local ok, reason = true, nil
    if verb.check then
        ok, reason = verb.check(cjson.encode(given.fields))
    end
    if not ok then
        local prefix = ("workers %s: "):format(name)
        return nil, prefix .. reason:gsub("\n", "%0" .. prefix)
    end
    return given
end

-- An option and its value, from "--weight=2" or two words; nil when `word` is none.
local function split(word)
    if word:sub(1, 1) ~= "-" or word == "-" or word:find("^%-%.?%d") then
        return nil
    end
    local name, value = word:match("^(%-%-[^=]+)=(.*)$")
    return name or word, value
end

--- `argv` is from 0, the command's name.  Returns a table of what was given (help: the text to
-- print), or nil and what is wrong.
function steer_arguments.parse(argv)
    local command, given, words, i = argv[0], {}, {}, 1
    while argv[i] do
        local option, value = split(argv[i])
        local field = OPTIONS[option]
        if not option then
            words[#words + 1] = argv[i]
        elseif not field or not (COMMON[field] or ALLOWED[command][field]) then
            return nil, unknown_option(command, option)
        elseif FLAGS[field] then
            given[field] = true
        else
            if not value then
                i = i + 1
                value = argv[i]
            end
            if not value then
                return nil, ("%s: %s wants a value"):format(command, option)
            end
            given[field] = value
        end
        i = i + 1
    end
    local _, wrong = address.socket(given.admin or "127.0.0.1:9079", "")
    if wrong then
        return nil, ("%s: --admin %q %s"):format(command, given.admin, wrong)
    end
    if given.help then
        return { help = help[command] }
    elseif command == "workers" then
        return parse_verb(given, words)
    elseif words[1] then
        return nil, ("%s: unexpected argument %q; a configuration is named with -c FILE")
            :format(command, words[1])
    end
    return given
end

return steer_arguments
