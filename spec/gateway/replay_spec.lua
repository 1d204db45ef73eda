local replay = require("gateway.replay")
local scratch = require("scratch")

describe("gateway.replay", function()
    local file

    setup(function()
        file = scratch.new()
    end)

    teardown(function()
        file.remove()
    end)

    local function pick(body, changes)
        local given = {
            policy = file.write("mine.lua", "return { pick = function(request, workers)\n"
                .. body .. " end }"),
            workers = {
                { name = "w1", inflight = 2, capacity = 2 }, { name = "w2", tried = true },
            },
            request = { func = "resize", packages = { "pillow" }, headers = { Host = "h" } },
            seed = 1, time_ms = 5, memory_bytes = 2 ^ 20,
        }
        for key, value in pairs(changes or {}) do
            given[key] = value
        end
        return replay.pick(given)
    end

    local function refused(message, body, changes)
        local ok, said = pcall(pick, body, changes)
        assert.is_false(ok)
        assert.equal(message, said)
    end

    it("returns the worker that is picked, or nil", function()
        assert.equal("w2", pick("return workers[2]").name)
        assert.is_nil(pick("return nil"))
    end)

    it("shows workers and request as the gateway does", function()
        pick([[
            local w, r = workers[1], request
            assert(w.inflight == 2 and w.capacity == 2 and tostring(w) == "worker w1")
            assert(not w:is_free() and not workers[2]:is_free() and not w:has("x"))
            assert(r.func == "resize" and r.packages[1] == "pillow" and r:header("host") == "h")
        ]])
    end)

    it("says of errors what the gateway says", function()
        refused("mine.lua:2: no", "error('no')")
        refused("mine.lua:2: no", "error('no', 0)")
        refused("mine.lua:2: an error that is a table, not a text", "error({})")
        refused("mine.lua:2: the field inflight of a worker is read-only; values of its own a "
            .. "policy keeps in a table: mine[worker] = ...", "workers[1].inflight = 3")
        refused('mine.lua:2: a worker has no field "inflght"; did you mean "inflight"?',
            "return workers[1].inflght > 1")
        refused('mine.lua:2: the request has no field "fucn"; did you mean "func"?',
            "local f = request.fucn")
        refused("mine.lua:1: is_free was called without a worker; with a colon it has one: "
            .. "worker:is_free()", "return workers[1].is_free()")
        refused("mine.lua:2: header was called without the request; with a colon it has it: "
            .. "request:header(name)", "local h = request.header('Host')")
    end)

    it("says of wrong values what the gateway says", function()
        refused("mine.lua:1: pick returned the text \"w1\", not one of the workers and not nil",
            "return 'w1'")
        refused("mine.lua:1: it changed the list of workers; a policy changes only copies of it",
            "table.remove(workers)")
    end)

    it("ends what does not end", function()
        refused("mine.lua:1: pick did not return within 5 ms", "while true do end")
        refused("mine.lua:1: it needs more than policy_limits.memory_bytes = 1048576",
            "local t = {} while true do t[#t + 1] = {} end", { time_ms = 10000 })
    end)

    it("has a sandbox, and options", function()
        refused("mine.lua:2: a policy cannot use io", "io.write('x')")
        refused('options of mine: "x" is given, but the policy has no start(options) that would '
            .. "read it", "return nil", { options = { x = 1 } })
    end)

    it("draws the random numbers that the gateway drew", function()
        local draw = "return workers[math.random(2)]"
        local state = { 1, 2, 3, 4 }
        local first = pick(draw, { random = state }).name
        assert.equal(first, pick(draw, { random = state, seed = 99 }).name)
        local names = {}
        for word = 1, 40 do
            names[pick(draw, { random = { word * 99999999, word, 3, word * 7654321 } }).name] = true
        end
        assert.same({ w1 = true, w2 = true }, names)
    end)
end)
