-- The gateway's side is made up here: rows in FFI memory and functions that LuaJIT turns into
-- callbacks.  Compiled code may not call those, so the compiler is off.
local ffi = require("ffi")
local files = require("gateway.files")
local runtime = require("gateway.runtime")

local ABI = files.read("src/shared/worker_abi.h")
local WORKERS = 3

describe("runtime", function()
    local host, rows, request, outcome, keep, define

    -- What is referred to by C memory only would be collected.
    local function kept(value)
        keep[#keep + 1] = value
        return value
    end

    local function text(value)
        return kept(ffi.new("char[?]", #value + 1, value))
    end

    local function made_up_header(_, name, _, value)
        value[0] = text("value")
        return ffi.string(name) == "absent" and -1 or 5
    end

    local function fill_functions()
        host.header, host.answer_header = made_up_header, made_up_header
        host.worker_name = function(_, slot)
            return text("w" .. slot)
        end
        host.worker_url = function(_, slot)
            return text("http://w" .. slot)
        end
        host.served = function(_, slot)
            return slot * 10
        end
        host.failed = function()
            return 1
        end
        host.is_warm = function(_, slot, hash)
            return slot == hash and 1 or 0
        end
        host.hash_package = function()
            return 1
        end
        host.hash_function = function()
            return 2
        end
        host.function_name = function(_, number)
            return text("f" .. number)
        end
        host.package_count = function(_, number)
            return number
        end
        host.package = function(_, number, index)
            return text(("p%d-%d"):format(number, index))
        end
    end

    local function load_policy(source, options)
        local calls = runtime.new({
            abi = define, host = ffi.cast("void *", host), file = "mine.lua", source = source,
            options = options or {}, seed = 1, find = function() end, print = function() end,
        })
        define = "" -- types and their metatables are defined once in a state
        return calls
    end

    local function load_pick(body)
        return load_policy("return { pick = function(request, workers) " .. body .. " end }")
    end

    setup(function()
        jit.off()
        keep, define = {}, ABI
        -- worker_view sets the metatable of a type, which cannot be done twice.
        local metatype = ffi.metatype
        local first
        stub(ffi, "metatype", function(name, metatable)
            first = first or metatype(name, {
                __index = function(...)
                    return first.metatable.__index(...)
                end,
                __tostring = function(...)
                    return first.metatable.__tostring(...)
                end,
            }) and { metatable = metatable }
            first.metatable = metatable
        end)
        ffi.cdef(ABI)
        define = ""
        host, rows = ffi.new("struct policy_host"), ffi.new("struct worker[?]", WORKERS)
        request, outcome = ffi.new("struct request_view"), ffi.new("struct outcome_view")
        host.workers, host.worker_max = rows, WORKERS
        host.tried = kept(ffi.new("uint8_t[?]", WORKERS))
        host.random = kept(ffi.new("int32_t[4]"))
        host.request, host.outcome, host.has_request = request, outcome, 1
        fill_functions()
    end)

    teardown(function()
        ffi.metatype:revert()
        jit.on()
    end)

    before_each(function()
        for slot = 0, WORKERS - 1 do
            rows[slot] = {
                slot = slot, state = ffi.C.WORKER_UP, capacity = 9, weight = 1, version = 1,
            }
        end
        request["function"], request.func, request.func_len = -1, text("other"), 5
        request.path, request.path_len = text("/run/other"), 10
        request.owner = ffi.cast("void *", request)
    end)

    it("gives the slot of the worker that was picked", function()
        assert.equal(1, load_pick("return workers[2]").pick())
        assert.equal(-1, load_pick("return nil").pick())
    end)

    it("offers those workers that are up and not draining", function()
        rows[0].state, rows[1].draining = ffi.C.WORKER_DOWN, 1
        local calls = load_pick("assert(#workers == 1)  return workers[1]")
        assert.equal(2, calls.pick())
        rows[0].state = ffi.C.WORKER_UP
        calls.changed()
        assert.has_error(calls.pick)
    end)

    it("shows the fields and methods of a worker", function()
        assert.equal(1, load_pick([[
            local w = workers[2]
            assert(w.name == "w1" and w.url == "http://w1" and tostring(w) == "worker w1")
            assert(w.weight == 1 and w.inflight == 0 and w.capacity == 9)
            assert(w.served == 10 and w.failed == 1)
            assert(w:is_free() and w:has("numpy") and not w:is_warm("numpy"))
            return w
        ]]).pick())
    end)

    it("gives a registered function the packages of the registry", function()
        request["function"] = 2
        assert.equal(0, load_pick([[
            assert(request.func == "f2" and #request.packages == 2)
            assert(request.packages[1] == "p2-0" and request.packages == request.packages)
            return workers[1]
        ]]).pick())
    end)

    it("gives any other function none", function()
        assert.equal(0, load_pick([[
            assert(request.func == "other" and #request.packages == 0)
            assert(not pcall(function() request.packages[1] = "x" end))
            return workers[1]
        ]]).pick())
    end)

    it("reads headers when they are asked for", function()
        assert.equal(0, load_pick([[
            assert(request:header("X") == "value" and request:header("absent") == nil)
            return workers[1]
        ]]).pick())
    end)

    it("tells which field was meant by one that there is not", function()
        assert.error_matches(load_pick("return workers[1].inflght").pick,
            'a worker has no field "inflght"; did you mean "inflight"?', 1, true)
        assert.error_matches(load_pick("return request.fucn").pick,
            'the request has no field "fucn"; did you mean "func"?', 1, true)
        assert.error_matches(load_pick("request.func = 1").pick,
            "the field func of the request is read-only", 1, true)
    end)

    it("tells of a colon that is missing", function()
        assert.error_matches(load_pick("local w = workers[1]  return w.is_free() and w").pick,
            "worker:is_free()", 1, true)
        assert.error_matches(load_pick("local h = request.header('X')  return h").pick,
            "request:header(name)", 1, true)
    end)

    it("names the line of a pick that returns something else", function()
        local ok, message = pcall(load_pick("return 'w1'").pick)
        assert.is_false(ok)
        assert.equal("mine.lua:1: pick returned the text \"w1\", not one of the workers and not "
            .. "nil", message)
    end)

    it("hands the outcome of an attempt to done", function()
        local calls = load_policy([[
            local seen
            return {
                headers = { "X-Load" },
                pick = function(_, workers) return workers[seen] end,
                done = function(_, worker, outcome)
                    assert(worker.name == "w1" and outcome.status == 200 and outcome.error == nil)
                    seen = outcome.headers["x-load"] == "value" and 3
                end,
            }
        ]])
        outcome.slot, outcome.status, outcome.owner = 1, 200, request.owner
        assert.is_true(calls.wants_done)
        calls.done()
        assert.equal(2, calls.pick())
    end)

    it("starts the policy with its options", function()
        assert.equal(2, load_policy([[
            local number
            return {
                start = function(options) number = options.number end,
                pick = function(_, workers) return workers[number] end,
            }
        ]], { number = 3 }).pick())
    end)

    it("finds a list of workers that was changed", function()
        local calls = load_pick("table.remove(workers)")
        calls.check()
        assert.error_matches(calls.pick, "it changed the list of workers")
        assert.error_matches(calls.check, "it changed the list of workers")
    end)
end)
