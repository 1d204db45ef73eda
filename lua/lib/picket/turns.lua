--- Turns by weight: nginx's smooth weighted round robin.
--
-- At each turn every free worker gains its weight in credit; the one with the most takes the turn
-- and pays what all of them gained.  Weights 5, 1, 1 give a a b a c a a, not a a a a a b c.
-- One pass over the workers for each turn.
--
-- Source: nginx, ngx_http_upstream_round_robin.c, which credits Igor Sysoev's change of 2012.
--
--     local turns = require("picket.turns").new()
--     turns:changed(workers)                     -- in the policy's start and changed
--     return turns:next(workers)
local turns = {}
turns.__index = turns

function turns.new()
    return setmetatable({ members = {}, credit = {}, total = 0 }, turns)
end

--- Take up new members or weights.  Who stays keeps its place in the round: credit is counted in
-- rounds' total weight, so it is scaled with that; else a large set that shrinks to a few workers
-- would owe one of them hundreds of turns in a row.
function turns:changed(workers)
    local kept, total = {}, 0
    for i, worker in ipairs(self.members) do
        kept[worker] = self.credit[i] / self.total
    end
    for _, worker in ipairs(workers) do
        total = total + worker.weight
    end
    local members, credit = {}, {}
    for i, worker in ipairs(workers) do
        members[i] = worker
        credit[i] = (kept[worker] or 0) * total
    end
    self.members, self.credit, self.total = members, credit, total
end

--- The free worker whose turn it is, or nil.
function turns:next(workers)
    local credit = self.credit
    local best, gained, most = nil, 0, -math.huge
    for i = 1, #workers do
        local worker = workers[i]
        if worker:is_free() then
            local now = credit[i] + worker.weight
            credit[i] = now
            gained = gained + worker.weight
            if now > most then
                best, most = i, now
            end
        end
    end
    if best then
        credit[best] = most - gained
        return workers[best]
    end
end

return turns
