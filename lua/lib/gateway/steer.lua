--- The commands that talk to a running gateway: picket status, reload, stop, workers.
--
-- `host` comes from C: call(address, token, method, path, body, timeout_s) -> status, answer; or
-- nil and why; pause(seconds); `out` and `err`, which have a write(); `token`, if the environment
-- has one.  Each command returns the exit code: 0 done, 1 the gateway said no, 2 wrong usage.
local show = require("gateway.show")
local steer_arguments = require("gateway.steer_arguments")
local steer_call = require("gateway.steer_call")
local steer_target = require("gateway.steer_target")
local steer_workers = require("gateway.steer_workers")

local steer = {}

local ask, complain = steer_call.ask, steer_call.complain
local DONE, USAGE = 0, 2
local REFUSED = 409
-- A reload loads a registry and asks every proxy; a stop drains.
local RELOAD_S, DRAIN_POLL_S, UPGRADE_S = 60, 0.05, 20

local commands = {}

function commands.status(gateway, given)
    local status, text = ask(gateway, "GET", "/status")
    if not status then
        return complain(gateway, text)
    end
    gateway.out:write(given.json and text or show.status(status))
    return DONE
end

function commands.reload(gateway)
    local outcome, message, code = ask(gateway, "POST", "/reload", {}, RELOAD_S)
    if code == REFUSED then
        complain(gateway, "nothing changed, the gateway goes on as it was:")
    end
    if not outcome then
        return complain(gateway, message)
    end
    gateway.out:write(("reloaded: generation %d\n"):format(outcome.generation))
    for _, warning in ipairs(outcome.warnings or {}) do
        complain(gateway, warning)
    end
    return DONE
end

-- Stopping takes as long as requests are in flight, and the gateway bounds that itself.
function commands.stop(gateway)
    local outcome, message = ask(gateway, "POST", "/stop", {})
    if not outcome then
        return complain(gateway, message)
    end
    while gateway.call(gateway.address, gateway.secret, "GET", "/status", "", 1) do
        gateway.pause(DRAIN_POLL_S)
    end
    gateway.out:write("stopped\n")
    return DONE
end

-- The control process that answers, and how often an upgrade has failed; or nil and why not.
local function look(gateway)
    local status, message = ask(gateway, "GET", "/status")
    for _, process in ipairs(status and status.processes or {}) do
        if process.kind == "control" then
            return { pid = process.pid, upgrade = status.upgrade or { failed = 0 } }
        end
    end
    return nil, message
end

-- Another control process answers once the new gateway's workers are checked.
function commands.upgrade(gateway)
    local before, message = look(gateway)
    if not before then
        return complain(gateway, message)
    end
    local outcome, reason = ask(gateway, "POST", "/upgrade", {})
    if not outcome then
        return complain(gateway, reason)
    end
    for _ = 1, UPGRADE_S / DRAIN_POLL_S do
        local now = look(gateway)
        if now and now.pid ~= before.pid then
            gateway.out:write("upgraded\n")
            return DONE
        elseif now and now.upgrade.failed > before.upgrade.failed then
            complain(gateway, "the new gateway did not start, the old one goes on:")
            return complain(gateway, now.upgrade.last_error)
        end
        gateway.pause(DRAIN_POLL_S)
    end
    return complain(gateway, "no new gateway serves yet; the log tells why")
end

commands.workers = steer_workers.run

--- Runs one command; `argv` is from 0, its name.  Returns the exit code.
function steer.main(host, argv)
    local given, message = steer_arguments.parse(argv)
    if not given then
        complain(host, message)
        return USAGE
    elseif given.help then
        host.out:write(given.help)
        return DONE
    end
    local target, reason = steer_target.find(given, host)
    if not target then
        return complain(host, reason)
    end
    local gateway = setmetatable(target, { __index = host })
    return commands[argv[0]](gateway, given)
end

return steer
