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

--- What the gateway answered, decoded, and the text; or nil, what went wrong, and the status.
function steer_call.ask(gateway, method, path, fields, timeout_s)
    local body = fields and cjson.encode(fields) or ""
    local status, answer = gateway.call(gateway.address, gateway.secret, method, path, body,
        timeout_s or ANSWER_S)
    if not status then
        return nil, answer
    end
    local ok, decoded = pcall(cjson.decode, answer)
    if status == 200 and ok then
        return decoded, answer
    end
    local reason = ok and type(decoded) == "table" and decoded.error
    if status == 401 and reason then
        reason = reason .. "; -c names the configuration that has it, --token-file a file"
    end
    return nil, reason or ("the gateway answered %d: %s"):format(status, answer), status
end

return steer_call
