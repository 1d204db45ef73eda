local cjson = require("cjson")
local steer = require("gateway.steer")
local steer_arguments = require("gateway.steer_arguments")

describe("the arguments of the steering commands", function()
    local function parse(...)
        local words = { ... }
        local argv = { [0] = table.remove(words, 1), unpack(words) }
        return steer_arguments.parse(argv)
    end

    it("name the gateway in either way", function()
        assert.same({ config = "a.lua" }, parse("status", "-c", "a.lua"))
        assert.same({ admin = "unix:/a" }, parse("reload", "--admin", "unix:/a"))
        assert.same({ config = "a=b" }, parse("status", "--config=a=b"))
    end)

    it("may follow or precede the words of a command", function()
        local expected = { verb = "drain", fields = { name = "w1" }, config = "a.lua" }
        assert.same(expected, parse("workers", "drain", "w1", "-c", "a.lua"))
        assert.same(expected, parse("workers", "-c", "a.lua", "drain", "w1"))
    end)

    it("become the fields of a call", function()
        assert.same({ url = "http://h:1", name = "a", weight = 2, capacity = 8 },
            parse("workers", "add", "http://h:1", "--name", "a", "--weight", "2",
                "--capacity", "8").fields)
        assert.same({ name = "w1", weight = 2.5 }, parse("workers", "weight", "w1", "2.5").fields)
    end)

    for _, row in ipairs({
        { "an unknown option", { "status", "--all" },
            '^status: unknown option "%-%-all"; see picket status %-%-help$' },
        { "a mistyped option", { "workers", "add", "http://h:1", "--wieght", "2" },
            '^workers: unknown option "%-%-wieght"; did you mean "%-%-weight"%?$' },
        { "an option of another command", { "stop", "--json" }, 'unknown option "%-%-json"' },
        { "an option without its value", { "status", "-c" }, "%-c wants a value" },
        { "a word too many", { "reload", "good.lua" },
            '^reload: unexpected argument "good.lua"; a configuration is named with %-c FILE$' },
        { "an address that is none", { "status", "--admin", "localhost:9079" },
            '^status: %-%-admin "localhost:9079" is no address; write one such as' },
        { "an address without a host", { "status", "--admin", "9079" },
            '^status: %-%-admin "9079" names no address; write "127.0.0.1:9079"' },
        { "no command of workers", { "workers" }, "which command" },
        { "an unknown command of workers", { "workers", "drian", "w1" }, "did you mean \"drain\"" },
        { "a command of workers that is like no other", { "workers", "ls" },
            '"ls"; there are add, drain, list, remove, undrain, weight$' },
        { "a missing worker", { "workers", "drain" },
            "^workers drain: WORKER is missing; write: picket workers drain WORKER$" },
        { "a missing weight", { "workers", "weight", "w1" },
            "^workers weight: W is missing; write: picket workers weight WORKER W$" },
        { "a worker too many", { "workers", "remove", "w1", "w2" },
            '^workers remove: unexpected argument "w2"; write: picket workers remove WORKER$' },
        { "a weight that is no number", { "workers", "weight", "w1", "heavy" },
            '^workers weight: weight must be a number from 0.01 to 1000, not "heavy"$' },
        { "a negative weight", { "workers", "weight", "big", "-1" },
            "^workers weight: weight must be a number from 0.01 to 1000, not %-1$" },
        { "a weight that is no finite number", { "workers", "weight", "big", "nan" },
            '^workers weight: weight must be a number from 0.01 to 1000, not "nan"$' },
        { "a wrong weight of a new worker", { "workers", "add", "http://h", "--weight=-2" },
            "^workers add: weight must be a number from 0.01 to 1000, not %-2$" },
        { "a wrong url", { "workers", "add", "h:1" },
            '^workers add: url "h:1" has no scheme; write "http://h:1"$' },
        { "an option of another command of workers", { "workers", "remove", "w1", "--weight", "2" },
            "^workers remove: takes no %-%-weight; see picket workers %-%-help$" },
    }) do
        it("are refused: " .. row[1], function()
            local given, message = parse(unpack(row[2]))
            assert.is_nil(given)
            assert.matches(row[3], message)
        end)
    end

    it("are explained on request, for every command", function()
        for _, command in ipairs({ "status", "reload", "upgrade", "stop", "workers" }) do
            assert.matches("^usage: picket " .. command, parse(command, "--help").help)
        end
    end)
end)

describe("a steering command", function()
    local calls, output, complaints, environment

    before_each(function()
        environment = nil
    end)

    local function run(answers, ...)
        local words = { ... }
        local argv = { [0] = table.remove(words, 1), unpack(words) }
        argv[#argv + 1] = "--admin"
        argv[#argv + 1] = "127.0.0.1:1"
        calls, output, complaints = {}, {}, {}
        local function collector(list)
            return { write = function(_, ...) list[#list + 1] = table.concat({ ... }) end }
        end
        local host = {
            out = collector(output),
            err = collector(complaints),
            pause = function() end,
            token = environment,
            call = function(_, token, method, path, body)
                calls[#calls + 1] = ("%s%s %s %s"):format(token, method, path, body)
                local answer = table.remove(answers, 1)
                return answer and answer[1], answer and answer[2] or "no gateway answers"
            end,
        }
        return steer.main(host, argv)
    end

    it("says what the gateway refused, and fails", function()
        assert.equal(1, run({ { 409, '{"error": "no room"}' } }, "workers", "add", "http://h:1"))
        assert.same({ 'POST /workers/add {"url":"http://h:1"}' },
            { (calls[1]:gsub("\\/", "/")) })
        assert.equal("picket: workers add: no room\n", table.concat(complaints))
    end)

    it("says which worker was meant, or how to see them", function()
        local known = { 200, '{"workers":[{"name":"small","url":"http://h:1"}]}' }
        local function said(name)
            assert.equal(1, run({ { 404, '{"error":"no"}' }, known }, "workers", "remove",
                name))
            return table.concat(complaints)
        end
        assert.equal('picket: workers remove: there is no worker "smal"; did you mean "small"?\n',
            said("smal"))
        assert.matches('no worker "http://h:2"; did you mean "http://h:1"', said("http://h:2"))
        assert.matches('no worker "small" any more: it was removed', said("small"))
        assert.matches('no worker "other"; picket workers list shows', said("other"))
    end)

    it("says what has become of the worker", function()
        for words, said in pairs({
            [{ "add", "http://h:1" }] = "worker w1 was added\n",
            [{ "remove", "w1" }] = "worker w1 was removed\n",
            [{ "drain", "w1", "--no-wait" }] = "worker w1 drains\n",
            [{ "drain", "w1" }] = "worker w1 has nothing in flight\n",
            [{ "undrain", "w1" }] = "worker w1 takes requests again\n",
            [{ "weight", "http://h:1", "2.5" }] = "worker w1 has weight 2.5\n",
        }) do
            local answers = { { 200, '{"worker":"w1"}' }, { 200, '{"workers":[]}' } }
            assert.equal(0, run(answers, "workers", unpack(words)))
            assert.equal(said, table.concat(output))
        end
    end)

    it("sends the token of the environment", function()
        environment = ("t"):rep(16)
        run({}, "status")
        assert.same({ environment .. "GET /status " }, calls)
    end)

    it("sends nothing with a token that is none", function()
        environment = "x\r\nX-Injected: yes, and long enough"
        assert.equal(1, run({}, "status"))
        assert.same({}, calls)
        assert.matches("PICKET_ADMIN_TOKEN must be", table.concat(complaints))
    end)

    it("says how a token is given when the gateway asks for one", function()
        assert.equal(1, run({ { 401, '{"error": "asks for a token"}' } }, "status"))
        assert.matches("asks for a token; %-c names the configuration", table.concat(complaints))
    end)

    it("says when what answers is no admin address", function()
        local no_route = { 404, '{"error": "no route for this path", "request_id": "1"}' }
        local said = "picket: 127.0.0.1:1 answers, but not as the admin address of a gateway; "
        for _, given in ipairs({ { no_route, "status" }, { no_route, "reload" },
            { { 200, "ready\n" }, "status" }, { { 200, '["ready"]' }, "status" },
            { { 501, "<html>" }, "stop" } }) do
            assert.equal(1, run({ given[1] }, given[2]))
            assert.equal(said, table.concat(complaints):sub(1, #said))
        end
        assert.equal(1, run({ no_route, no_route }, "workers", "drain", "w1"))
        assert.matches("^picket: workers drain: 127.0.0.1:1 answers, but", table.concat(complaints))
    end)

    it("says when nobody answers, and fails", function()
        assert.equal(1, run({}, "status"))
        assert.matches("no gateway answers", table.concat(complaints))
    end)

    it("fails with 2 when it was used wrongly, and calls nobody", function()
        assert.equal(2, run({}, "workers", "weight", "w1", "heavy"))
        assert.same({}, calls)
    end)

    it("tells the generation of a reload", function()
        assert.equal(0, run({ { 200, '{"ok":true,"generation":7}' } }, "reload"))
        assert.matches("generation 7", table.concat(output))
    end)

    it("says that a reload which was refused changed nothing", function()
        assert.equal(1, run({ { 409, '{"error":"s.lua:1: oh no\\ns.lua:2: and no"}' } }, "reload"))
        assert.equal("picket: nothing changed, the gateway goes on as it was:\n"
            .. "picket: s.lua:1: oh no\npicket: s.lua:2: and no\n", table.concat(complaints))
    end)

    local function control(pid)
        return { 200, ('{"processes":[{"kind":"control","pid":%d}]}'):format(pid) }
    end

    it("upgrades until another gateway answers", function()
        assert.equal(0, run({ control(1), { 200, "{}" }, control(1), control(2) }, "upgrade"))
        assert.matches("upgraded", table.concat(output))
    end)

    it("says why the new gateway did not start", function()
        local failed = { 200, [[{"processes":[{"kind":"control","pid":1}],
            "upgrade":{"failed":1,"last_error":"s.lua:1: oh no\ns.lua:2: and no"}}]] }
        assert.equal(1, run({ control(1), { 200, "{}" }, control(1), failed }, "upgrade"))
        assert.equal("picket: the new gateway did not start, the old one goes on:\n"
            .. "picket: s.lua:1: oh no\npicket: s.lua:2: and no\n", table.concat(complaints))
    end)

    it("says so when there is nobody to upgrade", function()
        assert.equal(1, run({ control(1), { 409, '{"error":"no supervisor"}' } }, "upgrade"))
        assert.matches("no supervisor", table.concat(complaints))
    end)

    local function row(state, inflight)
        return { 200, ('{"workers":[{"name":"w1","state":"%s","inflight":%d}]}')
            :format(state, inflight) }
    end

    it("drains a worker until nothing is in flight there", function()
        assert.equal(0, run({ { 200, '{"worker":"w1"}' }, row("draining", 2), row("draining", 0) },
            "workers", "drain", "w1"))
        assert.equal(3, #calls)
    end)

    it("waits for what a worker has that is removed meanwhile", function()
        assert.equal(0, run({ { 200, '{"worker":"w1"}' }, row("draining", 2), row("removed", 1),
            { 200, '{"workers":[]}' } }, "workers", "drain", "w1"))
        assert.equal(4, #calls)
    end)

    it("does not wait for another that had its name and was removed", function()
        local both = { 200, [[{"workers":[{"name":"w1","state":"removed","inflight":1},
            {"name":"w1","state":"draining","inflight":0},
            {"name":"w1","state":"removed","inflight":1}]}]] }
        assert.equal(0, run({ { 200, '{"worker":"w1"}' }, both }, "workers", "drain", "w1"))
        assert.equal(2, #calls)
    end)

    it("says so when the worker serves again meanwhile", function()
        assert.equal(1, run({ { 200, '{"worker":"w1"}' }, row("up", 2) }, "workers", "drain", "w1"))
        assert.matches("drains no more", table.concat(complaints))
    end)

    it("does not wait for a drain when told so", function()
        assert.equal(0, run({ { 200, '{"worker":"w1"}' } }, "workers", "drain", "w1", "--no-wait"))
        assert.equal(1, #calls)
    end)

    it("lists the workers as JSON", function()
        local list = { { name = "w1", url = "http://h:1", capacity = cjson.null } }
        local status = { 200, cjson.encode({ workers = list }) }
        assert.equal(0, run({ status }, "workers", "list", "--json"))
        assert.matches('"url":"http://h:1"', table.concat(output))
        assert.same(list, cjson.decode(table.concat(output)))
        assert.equal(0, run({ { 200, '{"workers":[]}' } }, "workers", "list", "--json"))
        assert.equal("[]\n", table.concat(output))
    end)

    it("waits until a gateway that stops is gone", function()
        assert.equal(0, run({ { 200, '{"ok":true}' }, { 200, "{}" }, { 200, "{}" } }, "stop"))
        assert.equal(4, #calls)
        assert.matches("stopped", table.concat(output))
    end)

    it("shows a status that people can read", function()
        local status = [[{"version":"1","uptime_s":1,"config":"a","listen":["b"],
            "policy":{"name":"least_loaded","generation":3,"errors":0,"fallbacks":0},
            "queue":{"waiting":0},"processes":[{"kind":"proxy","pid":12,"generation":3}],
            "workers":[{"name":"w1","state":"up","inflight":2,"capacity":null,"weight":1.5,
            "served":10,"failed":0,"latency_ms":1.25,"url":"http://h:1"}]}]]
        assert.equal(0, run({ { 200, status } }, "status"))
        local text = table.concat(output)
        assert.matches("policy least_loaded, generation 3", text)
        assert.matches("w1 +up +2 +any +1%.5 +10 +0 +1%.25 +http://h:1", text)
    end)
end)
