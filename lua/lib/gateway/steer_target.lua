--- Which gateway a command talks to: its admin address and the token that it asks for.
local config = require("gateway.config")
local secret = require("gateway.secret")

local steer_target = {}

-- The token that was given beside a configuration, or "".  Arguments are seen by all in ps(1), so
-- it comes in a file or in the environment.
local function given_token(given, host)
    local token, reason
    if given.token_file then
        token, reason = secret.read(given.token_file)
        return token, reason and "--token-file " .. reason
    end
    if not host.token then
        return ""
    end
    token, reason = secret.check(host.token)
    return token, reason and "PICKET_ADMIN_TOKEN " .. reason
end

--- { address, secret } from what was given on the command line, `secret` being "" when there is
-- none; or nil and why not.
function steer_target.find(given, host)
    local token, wrong = given_token(given, host)
    if not token then
        return nil, wrong
    elseif given.admin then
        return { address = given.admin, secret = token }
    end
    local path = given.config or host.default_config
    local admin, problems = config.admin(path)
    if admin == nil then
        return nil, problems
            .. "\nthe admin address is read from there; --admin ADDRESS does without"
    elseif not admin then
        return nil, path .. ": this gateway has no admin address (admin = false)"
    end
    return { address = admin.listen, secret = token ~= "" and token or admin.token or "" }
end

return steer_target
