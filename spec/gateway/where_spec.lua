local where = require("gateway.where")

local function line(source, path)
    return (where.finder(source))(path)
end

describe("gateway.where", function()
    it("finds the keys of the table that is returned", function()
        local source = 'return {\n listen = "a",\n timeouts = {\n  ["head"] = 1,\n  body = 2 },\n}'
        assert.equal(2, line(source, "listen"))
        assert.equal(3, line(source, "timeouts"))
        assert.equal(4, line(source, "timeouts.head"))
        assert.equal(5, line(source, "timeouts.body"))
    end)

    it("finds the entries of lists and their keys", function()
        local source = 'return { workers = {\n "a",\n {\n url = "b" },\n [3] = "c" } }'
        assert.equal(2, line(source, "workers[1]"))
        assert.equal(3, line(source, "workers[2]"))
        assert.equal(4, line(source, "workers[2].url"))
        assert.equal(5, line(source, "workers[3]"))
    end)

    it("is not misled by comments and strings", function()
        local source = '-- listen = 1 {\n--[==[\n listen = ]] 2 ]==]\n'
            .. 'return {\n a = "x, listen = 3 }", b = [[\n listen = ]],\n c = "\\"}",\n'
            .. " listen = 4 }"
        assert.equal(8, line(source, "listen"))
    end)

    it("is not misled by what is nested in a value", function()
        local source = 'return {\n a = f { b = 1, c = 2 },\n'
            .. ' d = (function() local e, g = 1, 2 if e then return e, g end end)(),\n'
            .. ' h = { i(1, { j = 2 }), k == 3 },\n l = 5 }'
        assert.equal(5, line(source, "l"))
        assert.is_nil(line(source, "b"))
        assert.is_nil(line(source, "k"))
        assert.equal(4, line(source, "h[2]"))
    end)

    it("follows variables that hold the table or parts of it", function()
        local source = 'local times = {\n head = 1 }\nlocal conf = {\n timeouts = times }\n'
            .. 'conf.limits = {\n headers = 3 }\nconf["queue"] = { size = 1 }\nreturn conf'
        assert.equal(2, line(source, "timeouts.head"))
        assert.equal(4, line(source, "timeouts"))
        assert.equal(6, line(source, "limits.headers"))
        assert.equal(7, line(source, "queue.size"))
    end)

    it("survives variables that hold each other", function()
        local source = "local a = { b = b }\nlocal b = { b = a, c = b }\nreturn { b = b, c = a }"
        assert.equal(2, line(source, "c.b.c.b.c"))
    end)

    it("falls back to the line of what is around it, and then to nothing", function()
        local source = "return {\n workers = computed() }"
        assert.equal(2, line(source, "workers[3].url"))
        assert.is_nil(line(source, "listen"))
        assert.is_nil(line("return computed()", "listen"))
    end)

    it("sees keys that are set twice in one table", function()
        local _, twice = where.finder("return { a = 1,\n b = { a = 2,\n a = 3 } }")
        assert.same({ { path = "b.a", line = 3, first = 2 } }, twice)
        _, twice = where.finder("local other = { a = 1, a = 2 }\nreturn { a = 3 }")
        assert.same({}, twice)
    end)

    it("copes with source that ends too early", function()
        for _, source in ipairs({ "return {", "return { a =", 'return { "', "--[[", "x.", "x[" }) do
            assert.has_no_error(function()
                where.finder(source)
            end)
        end
    end)

    it("joins keys to paths", function()
        assert.equal("timeouts", where.join("", "timeouts"))
        assert.equal("workers[2].url", where.join(where.join("workers", 2), "url"))
    end)
end)
