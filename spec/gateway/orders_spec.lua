local orders = require("gateway.orders")

describe("an order to add a worker", function()
    it("is completed as the configuration would be", function()
        assert.same({ name = "h:1", url = "http://h:1", host = "h", port = 1, weight = 1,
            capacity = 0 }, orders.add('{"url": "http://h:1"}'))
        assert.same({ name = "a", url = "http://[::1]:80", host = "::1", port = 80, weight = 2.5,
            capacity = 8 },
            orders.add('{"url": "http://[::1]", "name": "a", "weight": 2.5, "capacity": 8}'))
        assert.equal("/run/w.sock", orders.add('{"url": "unix:/run/w.sock"}').unix_path)
    end)

    it("takes null for absent", function()
        assert.equal(1, orders.add('{"url": "http://h:1", "weight": null}').weight)
    end)

    for _, row in ipairs({
        { "no JSON", "x", "no JSON" },
        { "a NUL behind it", '{"url": "http://h:1"}\0{}', "NUL" },
        { "JSON without an end", '{"url": "http://h', "no JSON" },
        { "JSON too deep", ("["):rep(100000), "no JSON" },
        { "nothing", "", "no JSON" },
        { "a list", '["http://h:1"]', "JSON object" },
        { "a text", '"http://h:1"', "JSON object" },
        { "no url", "{}", "give its url" },
        { "a url of the wrong type", '{"url": 3}', "must be a URL" },
        { "a url of the wrong scheme", '{"url": "ftp://h"}', "ftp" },
        { "an unknown key", '{"url": "http://h:1", "wieght": 2}', 'did you mean "weight"' },
        { "a weight out of range", '{"url": "http://h:1", "weight": 0}', "from 0.01 to 1000" },
        { "part of a path", '{"url": "unix:w.sock"}', "whole path" },
        { "the gateway itself", '{"url": "http://127.0.0.1:9080"}', "the gateway itself" },
        { "the gateway by name", '{"url": "http://localhost:9080"}', "the gateway itself" },
        { "a name with a space", '{"url": "http://h:1", "name": "a b"}', "without spaces" },
    }) do
        it("is refused with the reason: " .. row[1], function()
            orders.listen = { "unix:/run/picket.sock", "0.0.0.0:9080" }
            local worker, reason = orders.add(row[2])
            orders.listen = {}
            assert.is_nil(worker)
            assert.truthy(reason:find(row[3], 1, true), reason)
        end)
    end
end)

describe("an order for a worker", function()
    it("names it by its name or its url", function()
        assert.equal("w1", orders.choose('{"name": "w1"}').which)
        assert.equal("http://h:1", orders.choose('{"url": "http://h:1"}').which)
    end)

    it("may give it a weight", function()
        local order = orders.weight('{"name": "w1", "weight": 2.5}')
        assert.equal("w1", order.which)
        assert.equal(2.5, order.weight)
    end)

    for _, row in ipairs({
        { "nobody", "choose", "{}", "which worker" },
        { "somebody by number", "choose", '{"name": 3}', "which worker" },
        { "two at once", "choose", '{"name": "w1", "url": "http://h:1"}', "not both" },
        { "one after another", "choose",
            '{"name": "w1", "n\\u0061me": "w2"}', '"name" is there twice' },
        { "two weights", "weight", '{"name": "w1", "weight": 1, "weight": 2}', "twice" },
        { "too much", "choose", '{"name": "w1", "weight": 2}', "unknown key" },
        { "no weight", "weight", '{"name": "w1"}', "which weight" },
        { "a weight that is none", "weight", '{"name": "w1", "weight": "2"}', "quotes" },
        { "a weight of 0", "weight", '{"name": "w1", "weight": 0}', "from 0.01 to 1000" },
    }) do
        it("is refused with the reason: " .. row[1], function()
            local order, reason = orders[row[2]](row[3])
            assert.is_nil(order)
            assert.truthy(reason:find(row[4], 1, true), reason)
        end)
    end
end)
