--- One question to a running gateway, for the commands that steer it.
local cjson = require("cjson")

local steer_call = {}

local FAILED = 1
local ANSWER_S = 5

--- Says what went wrong, each line as `picket: what`; returns the exit code.
function steer_call.complain(host, message)
    for line in message:gmatch("[^\n]+") do
        host.err:write("picket: ", line, "\n")
    end
    return FAILED
end

-- Clients' addresses and workers answer as well, but not as an admin address does.
local function is_admin(status, answer, path)
    if type(answer) ~= "table" then
        return false
    elseif status == 200 then
        return path ~= "/status" or answer.processes ~= nil or answer.workers ~= nil
    end
    return answer.error ~= nil and (status ~= 404 or path:find("^/workers/") ~= nil)
end

--- What the gateway answered, decoded, and the text; or nil, what went wrong, and the status.
function steer_call.ask(gateway, method, path, fields, timeout_s)
    local body = fields and cjson.encode(fields) or ""
    local status, text = gateway.call(gateway.address, gateway.secret, method, path, body,
        timeout_s or ANSWER_S)
    if not status then
        return nil, text
    end
    local ok, answer = pcall(cjson.decode, text)
    if not is_admin(status, ok and answer, path) then
        return nil, ("%s answers, but not as the admin address of a gateway; that is what admin "
            .. "says in the configuration"):format(gateway.address)
    elseif status == 200 then
        return answer, text
    elseif status == 401 then
        return nil, answer.error .. "; -c names the configuration that has it, --token-file a file"
    end
    return nil, answer.error, status
end

return steer_call
