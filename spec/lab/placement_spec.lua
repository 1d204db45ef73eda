-- The gateway's parts in small: two sites, of which each takes what it is told to.
local placement = require("lab.placement")
local retries = require("lab.retries")
local waiting_room = require("lab.waiting_room")

local function make(answers)
    local workers, site_of, log = {}, {}, {}
    for i, answer in ipairs(answers) do
        local worker = { name = "w" .. i, inflight = 0, capacity = 1, failed = 0 }
        workers[i] = worker
        site_of[worker] = { worker = worker, peak = 0, is_gone = answer == "gone",
            model = { arrive = function() return answer ~= 429 end } }
    end
    local state = { now = 5, tried = false }
    local gateway = {
        site_of = site_of, request_view = {}, state = state, waiting = waiting_room.new(1000),
        retries = retries.new(), spare = {}, log = log,
        record = { waited = 0, peaks = {}, fail = function(_, status) log.failed = status end },
        membership = { failed = function() log.blamed = true end },
        on_sent = function(site) log.sent = site.worker.name end,
        host = {
            workers = workers,
            pick = function() return workers[1] end,
            done = function(_, _, worker, outcome)
                table.insert(log, worker.name .. " " .. outcome.status .. " " .. worker.inflight)
            end,
            fallback = function()
                return not (state.tried and state.tried[workers[2]]) and workers[2] or nil
            end,
        },
    }
    return gateway, { func = "f", callee = { packages = {} }, attempt = 1, tried = false,
        entry = false }
end

describe("a placement", function()
    it("sends a request where the policy says", function()
        local gateway, request = make({ "takes" })
        placement.place(gateway, request)
        assert.equal("w1", gateway.log.sent)
        assert.equal(1, gateway.host.workers[1].inflight)
    end)

    it("lets it wait for a worker that is full", function()
        local gateway, request = make({ "takes" })
        gateway.host.workers[1].inflight = 1
        placement.place(gateway, request)
        assert.same({ 1, 1 }, { gateway.waiting.count, gateway.record.waited })
        gateway.host.workers[1].inflight = 0
        placement.give_place(gateway, gateway.host.workers[1])
        assert.same({ 0, "w1" }, { gateway.waiting.count, gateway.log.sent })
    end)

    it("goes elsewhere after a refusal, whatever the policy says then", function()
        for _, how in ipairs({ 429, "gone" }) do
            local gateway, request = make({ how, "takes" })
            placement.place(gateway, request)
            assert.equal("w2", gateway.log.sent)
            assert.same({ how == 429 and "w1 429 1" or "w1 0 1", 2 },
                { gateway.log[1], request.attempt })
            assert.equal(how == "gone", gateway.log.blamed == true)
            assert.equal(0, gateway.host.workers[1].inflight)
        end
    end)

    it("fails a request that nobody takes", function()
        local gateway, request = make({ 429, 429 })
        placement.place(gateway, request)
        assert.equal(429, gateway.log.failed)
        gateway, request = make({ "gone" })
        placement.place(gateway, request)
        assert.equal(502, gateway.log.failed)
        gateway, request = make({})
        placement.place(gateway, request)
        assert.equal(503, gateway.log.failed)
    end)
end)
