--- The types of options that say where something is: addresses, lists of them, URLs.
local address = require("gateway.address")
local wording = require("gateway.wording")

local places = {}

local function quoted(value, reason)
    return ("%s %s"):format(wording.describe(value), reason)
end

--- A list without holes and without names, or nil.
local function as_list(value, most)
    if type(value) ~= "table" then
        return nil
    end
    local count = 0
    for key in pairs(value) do
        if type(key) ~= "number" then
            return nil, ("is a list, in which %s is no place; write { { ... }, ... }")
                :format(wording.describe(key))
        end
        count = count + 1
    end
    if count ~= #value then
        return nil, "has a hole: one of its entries is nil"
    elseif count > most then
        return nil, ("has %d entries; at most %d fit"):format(count, most)
    end
    return value
end

--- One place or a list of them, each read by `read` and none of them twice: their texts.
local function several(read)
    return function(value, row, place)
        local list, reason = as_list(type(value) == "string" and { value } or value, row.max)
        if not list then
            return nil, reason
        end
        local texts, seen = {}, {}
        for i, entry in ipairs(list) do
            if type(entry) ~= "string" then
                return nil
            end
            local found
            found, reason = read(entry, place.directory)
            if not found then
                return nil, quoted(entry, reason)
            elseif seen[found.text] then
                return nil, quoted(entry, "is listed twice")
            end
            texts[i], seen[found.text] = found.text, true
        end
        return texts[1] and texts or nil
    end
end

places.list = {
    check = function(value, row)
        return as_list(value, row.max)
    end,
    expects = function(row)
        return "a list such as " .. row.example
    end,
}

places.addresses = {
    check = several(address.socket),
    expects = function(row)
        return ("an address such as \"127.0.0.1:9080\", or a list of at most %d"):format(row.max)
    end,
}

places.servers = {
    check = several(address.server),
    expects = function(row)
        return ("an address such as \"127.0.0.1:53\", or a list of at most %d"):format(row.max)
    end,
}

places.address = {
    check = function(value, _, place)
        if type(value) ~= "string" then
            return nil
        end
        local found, reason = address.socket(value, place.directory)
        return found and found.text, not found and quoted(value, reason) or nil
    end,
    expects = function()
        return "an address such as \"127.0.0.1:9079\" or \"unix:/run/picket.sock\""
    end,
}

--- An address, or a table with one: the section "admin{}" tells what is in it.
places.admin = {
    check = function(value)
        return (type(value) == "string" or type(value) == "table") and value or nil
    end,
    expects = function()
        return places.address.expects() .. ", or a table such as { listen = \"0.0.0.0:9079\", "
            .. "token_file = \"admin.token\" }"
    end,
}

--- What the other parts of a worker come from: { text, host, port } or { text, unix_path }.
places.url = {
    check = function(value, _, place)
        if type(value) ~= "string" then
            return nil
        end
        local found, reason = address.url(value, place.directory)
        return found, not found and quoted(value, reason) or nil
    end,
    expects = function()
        return "a URL such as \"http://127.0.0.1:9081\""
    end,
}

return places
