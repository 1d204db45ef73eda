--- The type of the admin token: what it is made of, and the file it may stand in.
-- No message quotes a token, for messages end up in logs.
local files = require("gateway.files")

local secret = {}

local LEAST_BYTES, MOST_BYTES = 16, 255
local FORM = ("must be %d to %d letters, digits and signs of -._~+/= that nobody can guess, such "
    .. "as: openssl rand -hex 32"):format(LEAST_BYTES, MOST_BYTES)

--- The token itself; nil and what is wrong with it.
function secret.check(value)
    if type(value) ~= "string" or #value < LEAST_BYTES or #value > MOST_BYTES
        or not value:find("^[%w._~+/-]+=*$") then
        return nil, FORM
    end
    return value
end

--- The token in a file, where it is the only line; nil and what is wrong.
function secret.read(path)
    local text, reason = files.read(path)
    if not text then
        return nil, ("cannot be read: %s: %s"):format(path, reason)
    end
    local token
    token, reason = secret.check((text:gsub("%s+$", "")))
    return token, reason and ("names %s, whose only line %s"):format(path, reason)
end

secret.token = {
    check = secret.check,
    expects = function()
        return ("a text of %d to %d bytes"):format(LEAST_BYTES, MOST_BYTES)
    end,
}

secret.token_file = {
    check = function(value, _, place)
        if type(value) ~= "string" or value == "" then
            return nil
        end
        return secret.read(files.resolve(place.directory, value))
    end,
    expects = function()
        return "the path of a file"
    end,
}

return secret
