local scratch = require("scratch")
local trace = require("lab.trace")

-- The requests in a file of this text, and why it could not be read.
local function load(text)
    return scratch.with(text, function(path)
        local requests, message = trace.load(path)
        return requests, message and message:gsub("^" .. path:gsub("%p", "%%%0"), "FILE")
    end)
end

-- "f 0 -, g 12 5": function, time and work of each request.
local function text_of(requests)
    local parts = {}
    for due, func, work in trace.workload(requests) do
        parts[#parts + 1] = ("%s %g %s"):format(func, due, work or "-")
    end
    return table.concat(parts, ", ")
end

describe("a trace", function()
    it("is read from a plain CSV, its columns in any order", function()
        assert.equal("f 0 -, g 12.5 -", text_of(load("func,start_ms\ng,112.5\nf,100\n")))
        assert.equal("f 0 7", text_of(load('duration_ms,"func",start_ms\r\n7,"f",100\r\n')))
    end)

    it("is read from Azure's trace of 2021", function()
        assert.equal("f 0 500, g 1000 250", text_of(load(
            "app,func,end_timestamp,duration\na,f,10.5,0.5\na,g,11.25,0.25\n")))
    end)

    it("may begin with a byte order mark", function()
        assert.equal("f 0 -", text_of(load("\239\187\191func,start_ms\r\nf,5\r\n")))
    end)

    it("tells functions of one name in two of Azure's applications apart", function()
        assert.equal("f 0 500, b-f 1000 500, f 2000 500", text_of(load(
            "app,func,end_timestamp,duration\na,f,10,0.5\nb,f,11,0.5\na,f,12,0.5\n")))
    end)

    it("is read from Pipbench's log, other lines left out", function()
        assert.equal("a 0 -, b 300 -", text_of(load([[
[2018-08-04T22:46:58.500000] handler: a status: 200 in: 200 ms
[2018-08-04T22:46:58.700000] handler: b status: 200 in: 100 ms

Handler: 'a'
	Avg latency: 200
]])))
    end)

    it("is read across midnight and years", function()
        assert.equal("a 0 -, b 1000 -", text_of(load([[
[2019-12-31T23:59:59.500000] handler: a status: 200 in: 0 ms
[2020-01-01T00:00:00.500000] handler: b status: 200 in: 0 ms
]])))
    end)

    it("is read from picket's access log, as text and as JSON", function()
        local text = "2026-01-31T12:00:0%d.000Z 127.0.0.1 POST /run/f 200 f w1 1 2 3 0 1 "
            .. "%d %d 1 id\n"
        assert.equal("f 0 50, f 990 50", text_of(load(
            text:format(1, 100000, 110000) .. text:format(2, 50000, 120000))))
        assert.equal("f 0 40", text_of(load('{"time":"2026-01-31T12:00:00.123Z","function":"f",'
            .. '"first_byte_us":40000,"total_us":50000}\n')))
    end)

    it("leaves out what called no function that picket knew, first in the log or not", function()
        local text = "2026-01-31T12:00:01.000Z 127.0.0.1 GET /x %d %s %s 1 2 3 0 1 10 10 1 id\n"
        local none, unknown = text:format(404, "-", "-"), text:format(404, "g", "-")
        local own = text:format(404, "f", "w1")
        assert.equal("f 0 0.01", text_of(load(none .. unknown .. own)))
        local json = '{"time":"2026-01-31T12:00:00.123Z","function":"%s","worker":"%s",'
            .. '"status":404,"first_byte_us":40000,"total_us":50000}\n'
        assert.equal("f 0 40", text_of(load(
            json:format("", "") .. json:format("g", "") .. json:format("f", "w1"))))
    end)

    it("takes the least that was seen of a function for its warm time", function()
        local line = '{"time":"2026-01-31T12:00:00.%dZ","function":"f","first_byte_us":%d,'
            .. '"total_us":%d}\n'
        assert.equal("f 0 30, f 200 30", text_of(load(
            line:format(100, 90000, 100000) .. line:format(240, 30000, 40000))))
    end)

    it("says which line is wrong and what was expected", function()
        local function message(text)
            return (select(2, load(text)))
        end
        assert.equal("FILE:2: expected a number as start_ms", message("func,start_ms\nf,x\n"))
        assert.equal("FILE:3: expected a number from 0 as duration_ms",
            message("func,start_ms,duration_ms\nf,1,1\nf,1,-1\n"))
        for _, number in ipairs({ "nan", "inf", "1e999" }) do
            assert.equal("FILE:2: expected a number as start_ms",
                message("func,start_ms\nf," .. number .. "\n"))
        end
        assert.equal("FILE:2: expected a function's name as func", message("func,start_ms\n,1\n"))
        assert.equal("FILE:2: expected a function's name as func",
            message("app,end_timestamp,duration,func\na,2,1\n"))
        assert.equal("FILE:1: expected a CSV's header, with func and start_ms, or a line of a log "
            .. "that is known", message("hello\n"))
        assert.truthy(message("HashOwner,HashApp\n"):find("keep their names", 1, true))
        assert.equal("FILE: no request in it", message("func,start_ms\n"))
        assert.is_nil((trace.load("/no/file")))
    end)
end)
