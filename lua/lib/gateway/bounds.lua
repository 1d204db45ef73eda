--- Keeps a policy within limits of time and memory, where there is no watchdog: in specs.
-- The compiler is off meanwhile, since compiled code is not interrupted by a hook.
local bounds = {}

local verdict = require("gateway.verdict")

local STEPS = 1000 -- between two looks
local SLOWER = 4 -- what is interpreted may take so many times as long
local PATIENCE = 1000 -- looks at a policy that catches the errors which are to end it

local function message_of(limits, func, began)
    if collectgarbage("count") * 1024 - began.bytes > limits.memory_bytes then
        return ("%s: it needs more than policy_limits.memory_bytes = %d")
            :format(verdict.where(func), limits.memory_bytes)
    elseif (os.clock() - began.seconds) * 1000 > limits.time_ms * SLOWER then
        return ("%s: pick did not return within %g ms"):format(verdict.where(func), limits.time_ms)
    end
end

--- From now on this function is ended by an error when it takes more than limits.time_ms or
-- limits.memory_bytes, until bounds.lift().
function bounds.set(limits, func)
    collectgarbage()
    local began = { bytes = collectgarbage("count") * 1024, seconds = os.clock() }
    local looks = 0
    jit.off()
    debug.sethook(function()
        local message = message_of(limits, func, began)
        looks = message and looks + 1 or 0
        if looks > PATIENCE then
            io.stderr:write(message, "\n")
            os.exit(1)
        elseif message then
            error(message, 0)
        end
    end, "", STEPS)
end

function bounds.lift()
    debug.sethook()
    jit.on()
end

return bounds
